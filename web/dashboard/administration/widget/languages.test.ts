import { expect, test } from "vitest";
import { LANGUAGES } from "../../../widget/texts";
import { CODES } from "./languages";

test("the designer offers the languages that the widget has, and no others", () => {
  expect(CODES).toEqual(LANGUAGES);
});
