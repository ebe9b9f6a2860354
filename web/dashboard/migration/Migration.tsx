import { Page } from "../parts/Page";

export default function Migration() {
  return <Page title="Migration">{null}</Page>;
}
