import type { SourceFile } from "@adjoint/ir";
import { describe, expect, it } from "vitest";
import { type Diagnostic, diagnosticToJson, renderDiagnostic } from "../src/index.ts";

/** A diagnostic whose labels mark the nth occurrence of a text: `["x[j]", "text"]` or `["x[j]", "text", n]`. */
function diagnose(
  file: SourceFile,
  marks: readonly (readonly [text: string, label: string, occurrence?: number])[],
  help: string | null = null,
): Diagnostic {
  const [first, ...rest] = marks.map(([text, label, occurrence = 0]) => {
    let start = file.text.indexOf(text);
    for (let k = 0; k < occurrence; k++) start = file.text.indexOf(text, start + 1);
    return { span: { file, start, end: start + text.length }, text: label };
  });
  if (first === undefined) throw new RangeError("a diagnostic has a label");
  return { code: "shape-mismatch", severity: "error", message: "these differ", labels: [first, ...rest], help };
}

const plain = (diagnostic: Diagnostic): string => renderDiagnostic(diagnostic, { colour: false });
const lines = (...rows: readonly string[]): string => rows.join("\n");
const file = (text: string, path = "gender.adj"): SourceFile => ({ path, text });

describe("a rendered diagnostic", () => {
  it("cites the place, marks it, and gives the remedy", () => {
    const source = file("\n\n  z[i] = sum[j](W[i, j] * x[j])\n");
    const marks = [
      ["j", "j runs over 3 here", 1],
      ["j", "j runs over 2 here", 2],
    ] as const;
    expect(plain(diagnose(source, marks, "did you mean n = 2?"))).toBe(
      lines(
        "error[shape-mismatch]: these differ",
        "  ┌ gender.adj:3:22",
        "3 │   z[i] = sum[j](W[i, j] * x[j])",
        "  │                      ─      ─ j runs over 2 here",
        "  │                      j runs over 3 here",
        "  = help: did you mean n = 2?",
      ),
    );
  });

  it("hangs three labels of one line under their marks", () => {
    expect(
      plain(
        diagnose(file("aa + bb + cc"), [
          ["bb", "two"],
          ["aa", "one"],
          ["cc", "three"],
        ]),
      ),
    ).toBe(
      lines(
        "error[shape-mismatch]: these differ",
        "  ┌ gender.adj:1:6",
        "1 │ aa + bb + cc",
        "  │ ──   ──   ── three",
        "  │ │    two",
        "  │ one",
      ),
    );
  });

  it("puts marks that overlap into rows of their own", () => {
    expect(
      plain(
        diagnose(file("aa + bb"), [
          ["aa + bb", "all"],
          ["bb", "part"],
        ]),
      ),
    ).toBe(
      lines(
        "error[shape-mismatch]: these differ",
        "  ┌ gender.adj:1:1",
        "1 │ aa + bb",
        "  │ ─────── all",
        "  │      ── part",
      ),
    );
  });

  it("widens its gutter and leaves out the lines between", () => {
    const source = file(`${"\n".repeat(8)}a\nb\n\n\nc\n`);
    expect(
      plain(
        diagnose(source, [
          ["c", "third"],
          ["a", "first"],
          ["b", ""],
        ]),
      ),
    ).toBe(
      lines(
        "error[shape-mismatch]: these differ",
        "   ┌ gender.adj:13:1",
        " 9 │ a",
        "   │ ─ first",
        "10 │ b",
        "   │ ─",
        "   ·",
        "13 │ c",
        "   │ ─ third",
      ),
    );
  });

  it("marks both ends of a span of several lines", () => {
    expect(plain(diagnose(file("x = {\n  y\n  z\n}\n"), [["{\n  y\n  z\n}", "a block"]]))).toBe(
      lines(
        "error[shape-mismatch]: these differ",
        "  ┌ gender.adj:1:5",
        "1 │ x = {",
        "  │     ─ from here …",
        "  ·",
        "4 │ }",
        "  │ ─ … to here: a block",
      ),
    );
  });

  it("cites a second file after the first", () => {
    const user = diagnose(file("h = dense(x)"), [["dense", "called here"]]);
    const std = diagnose(file("layer dense(x) {", "std/layers.adj"), [["dense", "defined here"]]);
    expect(plain({ ...user, labels: [user.labels[0], std.labels[0]] })).toBe(
      lines(
        "error[shape-mismatch]: these differ",
        "  ┌ gender.adj:1:5",
        "1 │ h = dense(x)",
        "  │     ───── called here",
        "  ├ std/layers.adj:1:7",
        "1 │ layer dense(x) {",
        "  │       ───── defined here",
      ),
    );
  });

  it("marks the right columns after tabs, wide characters, combining marks and emoji", () => {
    const marked = (text: string): readonly string[] =>
      plain(diagnose(file(text), [["z", "here"]]))
        .split("\n")
        .slice(2);
    expect(marked("\tz")).toEqual(["1 │     z", "  │     ─ here"]);
    expect(marked("a\tz")).toEqual(["1 │ a   z", "  │     ─ here"]);
    expect(marked("重み z")).toEqual(["1 │ 重み z", "  │      ─ here"]);
    expect(marked("e\u0301 z")).toEqual(["1 │ e\u0301 z", "  │   ─ here"]);
    expect(marked("// 👩‍👩‍👧 z")).toEqual(["1 │ // 👩‍👩‍👧 z", "  │       ─ here"]);
  });

  it("marks one column where the span is empty, at the end of the text too", () => {
    const source = file("ab");
    const span = { file: source, start: 2, end: 2 };
    const rendered = plain({ ...diagnose(source, [["a", ""]]), labels: [{ span, text: "missing" }] });
    expect(rendered.split("\n").slice(1)).toEqual(["  ┌ gender.adj:1:3", "1 │ ab", "  │   ─ missing"]);
  });

  it("shows a window of a very long line", () => {
    const rendered = plain(diagnose(file(`${"a".repeat(5000)} z ${"b".repeat(5000)}`), [["z", "here"]]));
    const [, , source = "", mark = ""] = rendered.split("\n");
    expect(source.length).toBeLessThan(180);
    expect(source.indexOf("z")).toBe(mark.indexOf("─"));
  });

  it("lets nothing of the source act on the terminal", () => {
    const rendered = plain(diagnose(file("\u001b[31m\u202e z\r\n", "a\u001b[2J.adj"), [["z", "\u0007"]]));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the claim
    expect(rendered).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it("is coloured only when asked, and says the same", () => {
    const diagnostic = diagnose(
      file("a + b"),
      [
        ["a", "one"],
        ["b", "two"],
      ],
      "help",
    );
    const coloured = renderDiagnostic(diagnostic, { colour: true });
    expect(coloured).toContain("\u001b[1;31merror[shape-mismatch]");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is removed
    expect(coloured.replace(/\u001b\[[0-9;]*m/g, "")).toBe(plain(diagnostic));
  });
});

describe("a diagnostic as JSON", () => {
  it("has every place as path, line, column and offset", () => {
    const json = diagnosticToJson(diagnose(file("a\n bc"), [["bc", "here"]], "help"));
    expect(JSON.parse(JSON.stringify(json))).toEqual({
      code: "shape-mismatch",
      severity: "error",
      message: "these differ",
      help: "help",
      labels: [
        {
          path: "gender.adj",
          text: "here",
          start: { line: 2, column: 2, offset: 3 },
          end: { line: 2, column: 4, offset: 5 },
        },
      ],
    });
  });
});
