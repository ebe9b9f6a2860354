import { Page } from "../parts/Page";

export default function People() {
  return <Page title="People">{null}</Page>;
}
