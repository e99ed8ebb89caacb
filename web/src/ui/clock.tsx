/** Keeps the console's clock at the server's. */
import { useQuery } from "@tanstack/react-query";
import { clock } from "../api/clock";
import { request, RequestError } from "../api/client";
import { AdvanceClockDocument } from "../api/generated";

/** The key of the query that reads the clock. */
export const CLOCK = "clock";

/** How long a time that was read is good: a sandbox's clock can be moved by everybody. */
const GOOD_FOR = 60_000;

/** The time of a sandbox; null where the server is none. A duration of zero moves nothing and reports the time. */
async function readClock(): Promise<string | null> {
  try {
    const { advanceClock } = await request(AdvanceClockDocument, { by: "PT0S" });
    clock.set(advanceClock.now);
    return advanceClock.now;
  } catch (error) {
    if (error instanceof RequestError && error.code === "FORBIDDEN") return null;
    throw error;
  }
}

/**
 * Reads the server's clock once, and a sandbox's again when one comes back to the window.
 *
 * @returns whether it is known what time it is; true as well where it could not be read
 */
export function useServerClock(): boolean {
  const read = useQuery({
    queryKey: [CLOCK],
    retry: false,
    queryFn: readClock,
    // What is no sandbox never becomes one.
    staleTime: ({ state }) => (state.data === null ? Number.POSITIVE_INFINITY : GOOD_FOR),
  });
  return !read.isPending;
}
