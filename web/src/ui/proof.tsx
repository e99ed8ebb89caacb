/** Proof of execution: drag and drop with progress and one retry, thumbnails, and a preview of PDF files and images. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useRef, useState, type ReactNode } from "react";
import { documentAddress, documentContent, newKey, request, RequestError, upload } from "../api/client";
import {
  AttachProofDocument,
  RemoveProofDocument,
  type ClaimFactsFragment,
  type DocumentFieldsFragment,
  type ProblemFieldsFragment,
} from "../api/generated";
import { saveFrom } from "../csv";
import { useI18n } from "../i18n";
import { bytes } from "../time";
import { useViewer } from "../viewer";
import { useRefresh } from "./actions";
import { Copy, Empty, ErrorBox, Icon, Problems, Skeleton, Time } from "./basics";

const Pdf = lazy(() => import("./pdf"));
const PdfThumbnail = lazy(async () => ({ default: (await import("./pdf")).PdfThumbnail }));

/** Larger documents are read only when they are opened. */
const LARGEST_THUMBNAIL = 2_000_000;

interface Upload {
  key: string;
  file: File;
  share: number;
  state: "sending" | "refused" | "tooLarge" | "failed";
  problems: readonly ProblemFieldsFragment[];
  error: unknown;
}

/** Wait before the one retry that happens by itself. */
const RETRY_AFTER = 1_500;

export function useUploads(claimId: string | undefined) {
  const { maxBytes } = useViewer().uploadLimits;
  const [uploads, setUploads] = useState<Upload[]>([]);
  const refresh = useRefresh();
  const put = (key: string, part: Partial<Upload>) =>
    setUploads((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const drop = (key: string) => setUploads((all) => all.filter((one) => one.key !== key));

  const send = async (key: string, file: File, retries: number): Promise<void> => {
    if (!claimId) return;
    put(key, { state: "sending", share: 0, error: null, problems: [] });
    try {
      // The key makes a retry safe: a file that arrived although its answer was lost is not attached twice.
      const input = { claimId, file: null as unknown as File, idempotencyKey: key };
      const { attachProofOfExecution } = await upload(AttachProofDocument, { input }, file, (share) => put(key, { share }));
      if (attachProofOfExecution.claim) {
        drop(key);
        await refresh();
      } else {
        put(key, { state: "refused", problems: attachProofOfExecution.problems });
      }
    } catch (error) {
      if (retries > 0 && error instanceof RequestError && error.code === "OFFLINE") {
        await new Promise((done) => setTimeout(done, RETRY_AFTER));
        return send(key, file, retries - 1);
      }
      put(key, { state: "failed", error });
    }
  };

  return {
    uploads,
    drop,
    add: async (files: Iterable<File>) => {
      const next = Array.from(files, (file): Upload => ({
        key: newKey(),
        file,
        share: 0,
        // The server would refuse it after it has received all of it.
        state: file.size > maxBytes ? "tooLarge" : "sending",
        problems: [],
        error: null,
      }));
      setUploads((all) => [...all, ...next]);
      for (const one of next.filter(({ state }) => state === "sending")) await send(one.key, one.file, 1);
    },
    again: (one: Upload) => void send(one.key, one.file, 1),
  };
}

interface DropProps {
  enabled: boolean;
  onFiles: (files: Iterable<File>) => void;
  children: ReactNode;
}

/** Takes files that are dropped anywhere on what it holds. */
export function DropZone({ enabled, onFiles, children }: DropProps) {
  const { t } = useI18n();
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  if (!enabled) return <>{children}</>;
  return (
    <div
      className={over ? "drop over" : "drop"}
      onDragEnter={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        depth.current += 1;
        setOver(true);
      }}
      onDragLeave={() => {
        depth.current -= 1;
        if (depth.current <= 0) setOver(false);
      }}
      onDragOver={(event) => event.dataTransfer.types.includes("Files") && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        onFiles(event.dataTransfer.files);
      }}
    >
      {children}
      {over && (
        <div className="drop-hint" aria-hidden="true">
          {t("proof.dropHere")}
        </div>
      )}
    </div>
  );
}

interface ProofProps {
  claim: Pick<ClaimFactsFragment, "id" | "version" | "availableActions" | "proofOfExecution">;
  uploads: ReturnType<typeof useUploads>;
  /** Where a document is shown that one chooses; without it the preview opens below. */
  selected?: string | undefined;
  onSelect?: (id: string) => void;
}

export function Proof({ claim, uploads, selected, onSelect }: ProofProps) {
  const { t, language } = useI18n();
  const { maxBytes, maxDocumentsPerClaim, mediaTypes } = useViewer().uploadLimits;
  const [own, setOwn] = useState<string | undefined>();
  const shown = onSelect ? selected : own;
  const canAttach = claim.availableActions.includes("ATTACH_PROOF");
  const preview = claim.proofOfExecution.find((document) => document.id === shown);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="proof">
      <ul className="documents">
        {claim.proofOfExecution.map((document) => (
          <DocumentCard
            key={document.id}
            claim={claim}
            document={document}
            open={document.id === shown}
            onOpen={() => (onSelect ? onSelect(document.id) : setOwn(document.id === own ? undefined : document.id))}
          />
        ))}
        {uploads.uploads.map((one) => (
          <li key={one.key} className="card document">
            <p className="clip">
              <Icon name="file" /> {one.file.name}
            </p>
            {one.state === "sending" && (
              <progress aria-label={t("proof.sending", { name: one.file.name })} value={one.share} max={1} />
            )}
            {one.state === "tooLarge" && <p role="alert">{t("proof.tooLarge", { size: bytes(maxBytes, language) })}</p>}
            <Problems problems={one.problems} />
            {one.error !== null && <ErrorBox error={one.error} />}
            {one.state !== "sending" && (
              <p className="buttons">
                {one.state === "failed" && (
                  <button type="button" onClick={() => uploads.again(one)}>
                    {t("error.retry")}
                  </button>
                )}
                <button type="button" onClick={() => uploads.drop(one.key)}>
                  {t("proof.forget")}
                </button>
              </p>
            )}
          </li>
        ))}
      </ul>
      {claim.proofOfExecution.length === 0 && uploads.uploads.length === 0 && (
        <Empty title={t("proof.empty")} {...(canAttach ? { hint: t("proof.emptyHint") } : {})} />
      )}
      {canAttach && (
        <p>
          <input
            ref={input}
            type="file"
            multiple
            accept={mediaTypes.join(",")}
            className="visually-hidden"
            aria-label={t("proof.choose")}
            tabIndex={-1}
            onChange={(event) => {
              if (event.target.files) void uploads.add(event.target.files);
              event.target.value = "";
            }}
          />
          <button type="button" onClick={() => input.current?.click()}>
            <Icon name="plus" /> {t("proof.choose")}
          </button>{" "}
          <span className="quiet">
            {t("proof.types")}, {t("proof.limit", { size: bytes(maxBytes, language), count: maxDocumentsPerClaim })}
          </span>
        </p>
      )}
      {!onSelect && preview && <Preview document={preview} />}
    </div>
  );
}

interface DocumentCardProps {
  claim: ProofProps["claim"];
  document: DocumentFieldsFragment;
  open: boolean;
  onOpen: () => void;
}

function DocumentCard({ claim, document, open, onOpen }: DocumentCardProps) {
  const { t, language } = useI18n();
  const refresh = useRefresh();
  const [problems, setProblems] = useState<readonly ProblemFieldsFragment[]>([]);
  const [error, setError] = useState<unknown>(null);
  const remove = async () => {
    try {
      const input = { claimId: claim.id, documentId: document.id, expectedVersion: claim.version, idempotencyKey: newKey() };
      const { removeProofOfExecution } = await request(RemoveProofDocument, { input });
      setProblems(removeProofOfExecution.claim ? [] : removeProofOfExecution.problems);
      await refresh();
    } catch (caught) {
      setError(caught);
    }
  };
  return (
    <li className={open ? "card document current" : "card document"}>
      <button type="button" className="plain open" aria-expanded={open} onClick={onOpen}>
        <Thumbnail document={document} />
        <Icon name="file" /> <span className="clip">{document.name}</span>
      </button>
      <p className="quiet">
        {bytes(document.size, language)} · <Time at={document.uploadedAt} /> · {document.uploadedBy.name}
      </p>
      <p className="buttons">
        <button
          type="button"
          className="plain"
          onClick={() => {
            setError(null);
            documentAddress(document.id, "ATTACHMENT").then((address) => saveFrom(address, document.name), setError);
          }}
        >
          {t("proof.download")}
          <span className="visually-hidden"> {document.name}</span>
        </button>
        {claim.availableActions.includes("REMOVE_PROOF") && (
          <button type="button" className="plain" onClick={() => void remove()}>
            {t("proof.remove")}
            <span className="visually-hidden"> {document.name}</span>
          </button>
        )}
      </p>
      <Problems problems={problems} />
      {error !== null && <ErrorBox error={error} />}
    </li>
  );
}

/** The content of a PDF file, which is drawn here: a document never changes. */
function useContent(document: DocumentFieldsFragment, enabled: boolean) {
  return useQuery({
    queryKey: ["document", document.id],
    enabled: enabled && isPdf(document),
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => documentContent(document.id),
  });
}

/** How long an address is used, which is valid for five minutes. */
const ADDRESS_GOOD_FOR = 240_000;

/** The address of an image, which the browser shows by itself. */
function useAddress(document: DocumentFieldsFragment, enabled: boolean) {
  return useQuery({
    queryKey: ["document", document.id, "address"],
    enabled: enabled && isImage(document),
    staleTime: ADDRESS_GOOD_FOR,
    queryFn: () => documentAddress(document.id, "INLINE"),
  });
}

const isPdf = ({ mediaType }: DocumentFieldsFragment) => mediaType === "application/pdf";
const isImage = ({ mediaType }: DocumentFieldsFragment) => mediaType.startsWith("image/");

function Thumbnail({ document }: { document: DocumentFieldsFragment }) {
  const isSmall = document.size <= LARGEST_THUMBNAIL;
  const content = useContent(document, isSmall);
  const address = useAddress(document, isSmall);
  if (address.data) return <img className="thumbnail" src={address.data} alt="" />;
  if (!content.data) return null;
  return (
    <Suspense>
      <PdfThumbnail blob={content.data} />
    </Suspense>
  );
}

/** Shows a PDF file or an image. Other kinds can only be downloaded. */
export function Preview({ document }: { document: DocumentFieldsFragment }) {
  const { t } = useI18n();
  const content = useContent(document, true);
  const address = useAddress(document, true);
  const shown = isPdf(document) ? content : address;
  return (
    <section className="preview" aria-label={t("proof.preview", { name: document.name })}>
      <header>
        <strong className="clip">{document.name}</strong>
        <Copy text={document.sha256}>SHA-256 {document.sha256.slice(0, 12)}…</Copy>
      </header>
      {!isPdf(document) && !isImage(document) && <Empty title={t("proof.noPreview")} hint={t("proof.noPreviewHint")} />}
      {shown.isLoading && <Skeleton lines={8} />}
      {shown.isError && <ErrorBox error={shown.error} retry={() => void shown.refetch()} />}
      {address.data && <img className="preview-image" src={address.data} alt={document.name} />}
      {content.data && (
        <Suspense fallback={<Skeleton lines={8} />}>
          <Pdf blob={content.data} name={document.name} />
        </Suspense>
      )}
    </section>
  );
}
