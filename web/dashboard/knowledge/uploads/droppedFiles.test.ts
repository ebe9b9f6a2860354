import { expect, test } from "vitest";
import { droppedFiles } from "./droppedFiles";

/** Entries as a browser gives them, of which some cannot be read. */
function file(name: string, readable = true) {
  return {
    name,
    fullPath: `/${name}`,
    isFile: true,
    isDirectory: false,
    file: (take: (file: File) => void, fail: (error: unknown) => void) =>
      readable ? take(new File(["x"], name)) : fail(new DOMException("", "NotReadableError")),
  };
}

function folder(name: string, inside: object[]) {
  const batches = [inside, []];
  return {
    name,
    fullPath: `/${name}`,
    isFile: false,
    isDirectory: true,
    createReader: () => ({
      readEntries: (take: (some: object[]) => void) => take(batches.shift() ?? []),
    }),
  };
}

function transfer(...entries: object[]): DataTransfer {
  const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
  return { items, files: [] } as unknown as DataTransfer;
}

test("one file that cannot be read keeps no other away, and is named", async () => {
  const inner = folder("inner", [file("c.md"), file("secret.md", false)]);
  const given = transfer(folder("docs", [file("a.md"), inner, file(".DS_Store")]), file("b.md"));
  const { files, unread } = await droppedFiles(given);
  expect(files.map((one) => one.name)).toEqual(["a.md", "c.md", "b.md"]);
  expect(unread).toEqual(["secret.md"]);
});

test("a folder with nothing in it gives nothing", async () => {
  expect(await droppedFiles(transfer(folder("empty", [])))).toEqual({ files: [], unread: [] });
});
