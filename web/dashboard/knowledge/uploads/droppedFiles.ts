/** What a drop carried: its files, those inside of dropped folders too, and the names of what could not be read. */
export interface Dropped {
  files: File[];
  unread: string[];
}

/** Every file of a drop; one that cannot be read does not keep the others away. */
export async function droppedFiles(transfer: DataTransfer): Promise<Dropped> {
  // The list of items is empty again once this function has waited for anything.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const dropped: Dropped = { files: [...transfer.files], unread: [] };
  if (!entries.some((entry) => entry?.isDirectory)) return dropped;
  dropped.files = [];
  for (const entry of entries) if (entry) await gather(entry, dropped);
  return dropped;
}

async function gather(entry: FileSystemEntry, dropped: Dropped): Promise<void> {
  if (entry.name.startsWith(".")) return; // what a system keeps for itself
  try {
    if (entry.isFile) dropped.files.push(await fileOf(entry as FileSystemFileEntry));
    else
      for (const inside of await entriesOf(entry as FileSystemDirectoryEntry)) await gather(inside, dropped);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    dropped.unread.push(entry.fullPath.replace(/^\//, ""));
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((take, fail) => entry.file(take, fail));
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const inside: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((take, fail) => reader.readEntries(take, fail));
    if (some.length === 0) return inside;
    inside.push(...some);
  }
}
