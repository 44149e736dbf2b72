/** Owns: the mutants of the rewrite rules: each never applied, wrong by a little, and without the conditions it asks for. */

import { releaseRules } from "../../packages/compiler/src/passes/simplify/release.ts";
import { simplifyRules } from "../../packages/compiler/src/passes/simplify/rules.ts";
import { stabiliseRules } from "../../packages/compiler/src/passes/stabilise/rules.ts";
import { appended, type Mutant, replaced } from "./mutant.ts";

const tables = [
  { name: "simplifyRules", rules: simplifyRules, file: "packages/compiler/src/passes/simplify/rules.ts" },
  { name: "stabiliseRules", rules: stabiliseRules, file: "packages/compiler/src/passes/stabilise/rules.ts" },
  { name: "releaseRules", rules: releaseRules, file: "packages/compiler/src/passes/simplify/release.ts" },
] as const;

const tests = ["packages/compiler/test/passes/rules.test.ts"];

export function rewriteMutants(): readonly Mutant[] {
  return tables.flatMap(({ name: table, rules, file }) =>
    rules.flatMap((rule): readonly Mutant[] => {
      const mutant = (breakage: string, apply: string): Mutant => ({
        group: "rewrite rules",
        name: `${rule.name} ${breakage}`,
        file,
        change: appended(`for (const rule of ${table}) {
          if (rule.name !== ${JSON.stringify(rule.name)}) continue;
          const right = rule.apply;
          rule.apply = ${apply};
        }`),
        tests,
        about: aboutRule(rule.name),
      });
      const broken = [
        mutant("never applied", "() => null"),
        mutant(
          "wrong by a thousandth",
          `(node, context) => {
            const result = right(node, context);
            if (result === null) return null;
            return context.builder.map("add", [result, context.builder.constant(0.001, result.shape)]);
          }`,
        ),
      ];
      return "where" in rule && rule.where !== undefined ? [...broken, unconditional(rule.name)] : broken;
    }),
  );
}

/** The equation holds wherever its left side stands, whatever it asks of its variables. */
function unconditional(name: string): Mutant {
  return {
    group: "conditions of rewrite rules",
    name: `${name} without its condition`,
    file: "packages/compiler/src/passes/rewriting/equation.ts",
    change: replaced(
      "const { from, to, where = {} } = equation;",
      `const { from, to } = equation;
       const where = equation.name === ${JSON.stringify(name)} ? {} : (equation.where ?? {});`,
    ),
    tests,
    about: aboutRule(name),
  };
}

function aboutRule(name: string): RegExp {
  return new RegExp(`^${name}: `);
}
