// A flow as a Sankey diagram: columns from left to right, each place with its count.

import { written } from "../chart/axes";
import type { Theme } from "../chart/theme";
import { keys } from "./keys";
import { look } from "./looks";
import type { Figure, Flow } from "./types";

const LEFT = 16;
/** Room for the last column's counts. */
const RIGHT = 56;
const TOP = 36;
const BOTTOM = 30;
const NODE = 8;

export function flowOption(figure: Figure, flow: Flow, theme: Theme, width: number) {
  const colours = new Map(flow.nodes.map((node) => [node.id, look(node.colour, theme).colour]));
  const names = new Map(flow.nodes.map((node) => [node.name, look(node.colour, theme).colour]));
  const heads = figure.x.categories;
  const column = (depth: number) => heads[depth] ?? "";
  const called = (id: string) => {
    const node = flow.nodes.find((node) => node.id === id);
    return node ? `${node.name}, ${column(node.depth)}` : id;
  };
  const passing = (id: string) => {
    const sum = (of: "from" | "to") => flow.links.reduce((sum, link) => sum + (link[of] === id ? link.count : 0), 0);
    return Math.max(sum("from"), sum("to"));
  };
  const last = Math.max(1, heads.length - 1);
  const text = { color: theme.axis, fontSize: 11, fontWeight: 400, fontFamily: theme.font };
  return {
    title: [
      ...keys([...names].map(([name, colour]) => ({ name, colour })), LEFT, width, theme),
      ...heads.map((head, at) => ({
        text: head,
        left: LEFT + (at / last) * (width - LEFT - RIGHT - NODE) + (at === 0 ? 0 : NODE / 2),
        bottom: 8,
        padding: 0,
        textAlign: at === 0 ? "left" : at === last ? "right" : "center",
        textStyle: text,
      })),
    ],
    tooltip: {
      formatter: ({ dataType, data }: { dataType: string; data: { name: string; source: string; target: string; value: number } }) =>
        dataType === "edge"
          ? `${called(data.source)} to ${called(data.target)}: ${written(data.value)}`
          : `${called(data.name)}: ${written(passing(data.name))}`,
    },
    series: [
      {
        type: "sankey",
        animation: false,
        left: LEFT,
        right: RIGHT,
        top: TOP,
        bottom: BOTTOM,
        nodeWidth: NODE,
        nodeGap: 7,
        // The order of the places is theirs.
        layoutIterations: 0,
        draggable: false,
        emphasis: { disabled: true },
        data: flow.nodes.map((node) => ({
          name: node.id,
          depth: node.depth,
          itemStyle: { color: colours.get(node.id), borderWidth: 0 },
          label: { show: true, position: "right", formatter: written(passing(node.id)), color: theme.fit, fontSize: 11, fontFamily: theme.font },
        })),
        links: flow.links.map((link) => ({
          source: link.from,
          target: link.to,
          value: link.count,
          lineStyle: { color: colours.get(link.from), opacity: 0.28, curveness: 0.5 },
        })),
      },
    ],
  };
}
