/* Two tables to begin with, both made up by the formulas below: birds of three kinds, and rents of flats. */

import { generator } from "./table_folds.js";

const KINDS = [
  { species: "ash finch", beak: [31, 2.2], wing: [188, 6], weight: [3700, 300], islands: ["North", "North", "South"] },
  { species: "reed finch", beak: [38, 2.4], wing: [196, 6], weight: [3750, 320], islands: ["South", "South", "West"] },
  { species: "stone finch", beak: [37, 2.6], wing: [217, 7], weight: [4900, 380], islands: ["West", "North"] },
];
const DISTRICTS = { Harbour: 2.5, Old_Town: 4, Hills: 0.5, Station: -1 };

/** Sixty birds, some cells of them missing, and six that nobody has named yet. */
export function birds() {
  const random = generator(7);
  const bell = ([middle, spread]) => middle + spread * (random() + random() + random() + random() - 2) * Math.sqrt(3);
  const gap = (text, often) => (random() < often ? "" : text);
  const bird = (kind) => [
    gap(bell(kind.beak).toFixed(1), 0.05),
    bell(kind.wing).toFixed(0),
    gap((10 * Math.round(bell(kind.weight) / 10)).toFixed(0), 0.1),
    kind.islands[Math.floor(random() * kind.islands.length)],
    gap(random() < 0.5 ? "female" : "male", 0.08),
    `2025-0${1 + Math.floor(random() * 9)}-${10 + Math.floor(random() * 18)}`,
  ];
  const names = ["beak_mm", "wing_mm", "weight_g", "island", "sex", "seen"];
  const rows = Array.from({ length: 60 }, (_, at) => [...bird(KINDS[at % 3]), KINDS[at % 3].species]);
  const fresh = Array.from({ length: 6 }, (_, at) => bird(KINDS[at % 3]));
  return { text: csv([...names, "species"], rows), query: csv(names, fresh) };
}

/** Forty-eight flats with what they cost a month, and four more. */
export function flats() {
  const random = generator(21);
  const flat = () => {
    const district = Object.keys(DISTRICTS)[Math.floor(4 * random())];
    const [area, floor, built] = [25 + Math.floor(90 * random()), Math.floor(7 * random()), 1900 + Math.floor(124 * random())];
    const lift = random() < 0.5 ? "yes" : "no";
    const metre = 11 + DISTRICTS[district] + (lift === "yes" ? 0.2 : -0.2) * floor + 0.02 * Math.abs(built - 1960) + 1.2 * (random() - 0.5);
    return { cells: [area, floor, district.replace("_", " "), lift, random() < 0.08 ? "" : built], rent: Math.round(120 + area * metre) };
  };
  const names = ["area_m2", "floor", "district", "lift", "built"];
  const rows = Array.from({ length: 48 }, flat);
  const fresh = Array.from({ length: 4 }, flat);
  return { text: csv([...names, "rent"], rows.map(({ cells, rent }) => [...cells, rent])), query: csv(names, fresh.map(({ cells }) => cells)) };
}

const csv = (names, rows) => `${[names, ...rows].map((row) => row.join(",")).join("\n")}\n`;
