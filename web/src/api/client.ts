/** GraphQL over HTTP: queries, mutations and uploads, with the errors in one form. */
import { clock } from "./clock";
import { DocumentAddressDocument, type DocumentDisposition, type TypedDocumentString } from "./generated";
import { session } from "./session";

/** A request that the server or the network refused. Refusals by the rule book are `problems` in the data instead. */
export class RequestError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly requestId: string | null,
  ) {
    super(message);
    this.name = "RequestError";
  }
}

interface GraphqlError {
  message: string;
  extensions?: { code?: string };
}

interface GraphqlAnswer<R> {
  data?: R | null;
  errors?: GraphqlError[];
}

export function headers(): Record<string, string> {
  const token = session.token();
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** The data, or the first error as an exception. */
export function unwrap<R>(answer: GraphqlAnswer<R>, status: number, requestId: string | null): R {
  const error = answer.errors?.[0];
  if (error) {
    const code = error.extensions?.code ?? "UNKNOWN";
    if (code === "UNAUTHENTICATED") session.end();
    throw new RequestError(code, error.message, status, requestId);
  }
  if (!answer.data) throw new RequestError("UNKNOWN", "The server sent no data.", status, requestId);
  return answer.data;
}

export async function request<R, V>(
  document: TypedDocumentString<R, V>,
  variables: V,
  options: { signal?: AbortSignal; token?: string } = {},
): Promise<R> {
  let response: Response;
  try {
    response = await fetch("/graphql", {
      method: "POST",
      headers: {
        ...(options.token ? { authorization: `Bearer ${options.token}` } : headers()),
        "content-type": "application/json",
        accept: "application/json",
      },
      body: JSON.stringify({ query: document.toString(), variables }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new RequestError("OFFLINE", "The server does not answer.", 0, null);
  }
  clock.observe(response.headers.get("date"));
  const requestId = response.headers.get("x-request-id");
  const answer = (await response.json().catch(() => ({}))) as GraphqlAnswer<R>;
  return unwrap(answer, response.status, requestId);
}

/**
 * Uploads one file by the GraphQL multipart request specification. `fetch` reports no upload progress, so this is
 * `XMLHttpRequest`.
 */
export function upload<R, V>(
  document: TypedDocumentString<R, V>,
  variables: V,
  file: File,
  onProgress: (share: number) => void,
): Promise<R> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("operations", JSON.stringify({ query: document.toString(), variables }));
    form.append("map", JSON.stringify({ "0": ["variables.input.file"] }));
    form.append("0", file);
    const call = new XMLHttpRequest();
    call.open("POST", "/graphql");
    for (const [name, value] of Object.entries(headers())) call.setRequestHeader(name, value);
    call.setRequestHeader("accept", "application/json");
    call.responseType = "json";
    call.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    call.onerror = () => reject(new RequestError("OFFLINE", "The server does not answer.", 0, null));
    call.onload = () => {
      try {
        resolve(unwrap((call.response ?? {}) as GraphqlAnswer<R>, call.status, call.getResponseHeader("x-request-id")));
      } catch (error) {
        reject(error as Error);
      }
    };
    call.send(form);
  });
}

/**
 * A signed address of a proof document: a link or an image opens it without the token, for five minutes. It is asked for
 * where it is used, since a page is open for longer.
 */
export async function documentAddress(id: string, disposition: DocumentDisposition): Promise<string> {
  const { node } = await request(DocumentAddressDocument, { id, disposition });
  if (!node || !("downloadUrl" in node)) throw new RequestError("NOT_FOUND", "The document could not be read.", 200, null);
  // The server may know itself by another name than the one in the address bar, and the policy allows only the latter.
  return node.downloadUrl.slice(node.downloadUrl.indexOf("/documents/"));
}

/** The content of a proof document. */
export async function documentContent(id: string): Promise<Blob> {
  const response = await fetch(await documentAddress(id, "INLINE"));
  if (!response.ok) {
    throw new RequestError("NOT_FOUND", "The document could not be read.", response.status, response.headers.get("x-request-id"));
  }
  return response.blob();
}

export const newKey = () => crypto.randomUUID();
