// The page's policy lets in no style without this page's own nonce.

import { setNonce } from "get-nonce";

/** The nonce of this page; also given to the scroll lock of dialogs, which makes styles of its own. */
export function pageNonce(): string {
  const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
  setNonce(nonce);
  return nonce;
}
