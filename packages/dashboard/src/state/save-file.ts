/** Offers a file to the reader, as a download. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // Not at once: the browser has only started the download.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
