import { Page } from "../parts/Page";

export default function Knowledge() {
  return <Page title="Knowledge">{null}</Page>;
}
