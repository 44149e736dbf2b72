import { expect, test } from "vitest";
import { reaches } from "../real-data.ts";
import { leastSquares } from "./least-squares.ts";
import { readPeople, run } from "./run.ts";

test("comes nearer to the wages of people it has not seen than linear regression", async () => {
  const outcome = await run(() => {});
  expect(outcome).toMatchObject({ parameters: 43, atMost: true });
  expect(reaches(outcome), `${outcome.figure} to ${outcome.goal}`).toBe(true);
});

test("is asked about 534 people, between 1 and 44.5 dollars an hour", () => {
  const { person, wage } = readPeople();
  expect(person).toHaveLength(534);
  expect(person[0]).toEqual([8, 21, 0, 1, 0]);
  expect([Math.min(...wage), Math.max(...wage)]).toEqual([1, 44.5]);
});

test("is held against the line through points that lie on one", () => {
  const points = [
    [0, 1],
    [1, 0],
    [2, 3],
    [4, 1],
  ];
  const line = leastSquares(
    points,
    points.map(([x = 0, y = 0]) => 2 + 3 * x - y),
  );
  expect(line([10, 20])).toBeCloseTo(12, 9);
});
