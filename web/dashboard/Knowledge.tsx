import { useCallback, useEffect, useState } from "preact/hooks";
import { api, type DocumentRow, NotSignedIn } from "./api";

export function Knowledge({ onSignedOut }: { onSignedOut: () => void }) {
  const [documents, setDocuments] = useState<DocumentRow[] | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const reload = useCallback(async () => {
    try {
      setDocuments(await api.documents());
    } catch (error) {
      if (error instanceof NotSignedIn) onSignedOut();
      else setTold("The desk does not answer.");
    }
  }, [onSignedOut]);
  useEffect(() => void reload(), [reload]);

  const upload = async (files: Iterable<File>) => {
    setBusy(true);
    setTold(null);
    const refused: string[] = [];
    for (const file of files) {
      try {
        await api.upload(file);
      } catch (error) {
        refused.push(`${file.name}: ${error instanceof Error ? error.message : "failed"}`);
      }
    }
    setTold(refused.join("\n") || null);
    setBusy(false);
    await reload();
  };

  const remove = async (document: DocumentRow) => {
    if (!window.confirm(`Delete “${document.originalName}”? The assistant will not answer from it any more.`))
      return;
    await api.remove(document.id).catch(() => setTold("It could not be deleted."));
    await reload();
  };

  return (
    <main
      class="knowledge"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void upload(event.dataTransfer?.files ?? []);
      }}
    >
      <h1>Knowledge</h1>
      <p>
        <label class="upload">
          {busy ? "Reading …" : "Add documents"}
          <input
            type="file"
            multiple
            disabled={busy}
            accept=".pdf,.docx,.html,.htm,.md,.txt,.json,.csv,.xlsx"
            onChange={(event) => void upload(event.currentTarget.files ?? [])}
          />
        </label>{" "}
        or drop them here.
      </p>
      {told && (
        <pre class="fault" role="alert">
          {told}
        </pre>
      )}
      {documents?.length === 0 && (
        <p class="empty">Nothing yet. The assistant answers only from what you add.</p>
      )}
      {documents && documents.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <div class="scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>Document</th>
                <th>Kind</th>
                <th>Passages</th>
                <th>State</th>
                <th>
                  <span class="unseen">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {documents.map((document) => (
                <tr key={document.id}>
                  <td>{document.originalName}</td>
                  <td>{document.fileType}</td>
                  <td>{document.chunkCount}</td>
                  <td title={document.stateReason}>{document.state}</td>
                  <td>
                    <button
                      type="button"
                      aria-label={`Delete ${document.originalName}`}
                      onClick={() => remove(document)}
                    >
                      Delete
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}
