/** The people of the demo with their tokens. A server that is not a demo has no such address. */
import type { Role } from "./generated";

export interface Person {
  /** The shell variable of the token, which also names the person in addresses. */
  key: string;
  name: string;
  company: string;
  role: Role;
  subject: string;
  token: string;
}

/** What the demo calls the vendor, which every language has its own word for. */
export const VENDOR = "the vendor";

export async function people(): Promise<Person[]> {
  const response = await fetch("/demo/people", { headers: { accept: "application/json" } });
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  if (!response.ok || !isJson) return [];
  return ((await response.json()) as { people: Person[] }).people;
}
