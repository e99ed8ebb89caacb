/** A PDF file page by page, drawn on a canvas. Its scripts and forms are not run. */
import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy } from "pdfjs-dist";
import worker from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useRef, useState } from "react";
import { useI18n } from "../i18n";
import { ErrorBox, Skeleton, useKeys } from "./basics";

GlobalWorkerOptions.workerSrc = worker;

const WIDTH = 900;
const THUMBNAIL = 160;

/** The first page, small. */
export function PdfThumbnail({ blob }: { blob: Blob }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let current = true;
    let loading: ReturnType<typeof getDocument> | undefined;
    void (async () => {
      loading = getDocument({ data: await blob.arrayBuffer(), isEvalSupported: false, useWasm: false, enableXfa: false });
      const page = await (await loading.promise).getPage(1);
      const target = canvas.current;
      if (!current || !target) return;
      const viewport = page.getViewport({ scale: THUMBNAIL / page.getViewport({ scale: 1 }).width });
      target.width = viewport.width;
      target.height = viewport.height;
      await page.render({ canvas: target, viewport }).promise;
    })().catch(() => {
      // A file that cannot be drawn keeps its name and size; opening it shows why.
    });
    return () => {
      current = false;
      void loading?.destroy();
    };
  }, [blob]);
  return <canvas ref={canvas} className="thumbnail" aria-hidden="true" />;
}

export default function Pdf({ blob, name }: { blob: Blob; name: string }) {
  const { t } = useI18n();
  const [file, setFile] = useState<PDFDocumentProxy | null>(null);
  const [page, setPage] = useState(1);
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let current = true;
    let loading: ReturnType<typeof getDocument> | undefined;
    setFile(null);
    setPage(1);
    setError(null);
    void blob
      .arrayBuffer()
      .then((data) => {
        if (!current) return;
        loading = getDocument({ data, isEvalSupported: false, useWasm: false, enableXfa: false });
        return loading.promise.then((opened) => current && setFile(opened));
      })
      .catch((caught: unknown) => current && setError(caught));
    return () => {
      current = false;
      void loading?.destroy();
    };
  }, [blob]);
  useEffect(() => {
    if (!file) return;
    let current = true;
    void (async () => {
      const shown = await file.getPage(page);
      const target = canvas.current;
      if (!current || !target) return;
      const scale = WIDTH / shown.getViewport({ scale: 1 }).width;
      const viewport = shown.getViewport({ scale });
      target.width = viewport.width;
      target.height = viewport.height;
      await shown.render({ canvas: target, viewport }).promise;
      // The same words for those who cannot see the drawing.
      const content = await shown.getTextContent();
      if (current) setText(content.items.map((item) => ("str" in item ? item.str : "")).join(" "));
    })().catch((caught: unknown) => current && setError(caught));
    return () => {
      current = false;
    };
  }, [file, page]);
  const turn = (by: number) => setPage((at) => Math.min(Math.max(1, at + by), file?.numPages ?? 1));
  useKeys({ "[": () => turn(-1), "]": () => turn(1) });
  if (error !== null) return <ErrorBox error={error} />;
  if (!file) return <Skeleton lines={8} />;
  return (
    <div className="pdf">
      <p className="buttons">
        <button type="button" disabled={page <= 1} onClick={() => turn(-1)}>
          {t("pdf.previous")} <kbd>[</kbd>
        </button>
        <span role="status">{t("pdf.page", { page, pages: file.numPages })}</span>
        <button type="button" disabled={page >= file.numPages} onClick={() => turn(1)}>
          {t("pdf.next")} <kbd>]</kbd>
        </button>
      </p>
      <canvas ref={canvas} role="img" aria-label={`${name}: ${text}`} />
    </div>
  );
}
