import { Page } from "../parts/Page";

export default function Analytics() {
  return <Page title="Analytics">{null}</Page>;
}
