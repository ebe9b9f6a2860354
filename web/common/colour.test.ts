import fc from "fast-check";
import { expect, test } from "vitest";
import { colourOf, contrast, READABLE, shadeOn } from "./colour";

const colour = fc.integer({ min: 0, max: 0xffffff }).map((one) => `#${one.toString(16).padStart(6, "0")}`);

test("whatever colour a customer picks, what is written on it and with it can be read", () => {
  fc.assert(
    fc.property(colour, fc.constantFrom("#ffffff", "#151a19", "#f4f5f4", "#202725"), (picked, ground) => {
      const { brand, ink } = colourOf(picked);
      expect(contrast(brand, ink === "#000" ? "#000000" : "#ffffff")).toBeGreaterThanOrEqual(READABLE);
      expect(contrast(shadeOn(brand, ground, READABLE), ground)).toBeGreaterThanOrEqual(READABLE);
    }),
  );
});

test("a colour that can be read stays as it is", () => {
  expect(shadeOn("#0b6e5f", "#ffffff", READABLE)).toBe("#0b6e5f");
});

test("what is no colour gives our own", () => {
  for (const text of [null, "", "red", "#12", "#12345g", "url(x)"])
    expect(colourOf(text).brand).toBe("#0b6e5f");
  expect(colourOf("#FA0").brand).toBe("#ffaa00");
});
