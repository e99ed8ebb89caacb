/** The signed-in viewer and which of the console's faces they see. */
import { createContext, useContext } from "react";
import type { Role, ViewerQuery } from "./api/generated";
import { useI18n } from "./i18n";
import { deadline } from "./time";

/** The viewer, with what the server says to every viewer. */
export type Viewer = ViewerQuery["viewer"] & Pick<ViewerQuery, "calendar" | "uploadLimits">;
export type Face = "partner" | "vendor" | "customer" | "directory";

export const ViewerContext = createContext<Viewer | null>(null);

export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (!viewer) throw new Error("useViewer needs a signed-in viewer above it.");
  return viewer;
}

/** Deadlines as text, in the zone of the vendor's calendar. */
export function useDeadline(): (at: string) => string {
  const { language } = useI18n();
  const { timeZone } = useViewer().calendar;
  return (at) => deadline(at, language, timeZone);
}

const FACES: Record<Role, Face> = {
  GLOBAL_ADMIN: "partner",
  BILLING_ADMIN: "partner",
  INCENTIVES_ADMIN: "partner",
  INCENTIVES_USER: "partner",
  REVIEWER: "vendor",
  REVIEW_LEAD: "vendor",
  AUDITOR: "vendor",
  CUSTOMER_ADMIN: "customer",
  DIRECTORY_SYNC: "directory",
};

export function faceOf(roles: readonly Role[]): Face {
  const role = roles.find((role) => role !== "DIRECTORY_SYNC") ?? "DIRECTORY_SYNC";
  return FACES[role];
}

/** Where each face starts. */
export const HOME: Record<Face, string> = {
  partner: "/console/board",
  vendor: "/console/queue",
  customer: "/console/consents",
  directory: "/console/directory",
};
