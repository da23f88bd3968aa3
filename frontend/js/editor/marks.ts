// What stands beside the text: who else is in the file, and which lines are wrong.

import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { type Extension, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { Peer, Problem } from "./types";

class Name extends WidgetType {
  constructor(readonly peer: Peer) {
    super();
  }

  override eq(other: Name) {
    return other.peer.name === this.peer.name && other.peer.colour === this.peer.colour;
  }

  override toDOM() {
    const name = document.createElement("span");
    name.className = "hf-peer-name";
    name.style.setProperty("--hf-peer", this.peer.colour);
    name.textContent = this.peer.name;
    return name;
  }
}

const arrived = StateEffect.define<Peer[]>();

const peers = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let now = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(arrived)) now = decorations(effect.value, transaction.state.doc);
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorations(all: Peer[], text: Text) {
  const ranges = all.flatMap((peer) => {
    const line = text.line(Math.min(Math.max(peer.line, 1), text.lines));
    const attributes = { style: `--hf-peer:${peer.colour}` };
    return [
      Decoration.line({ class: "hf-peer", attributes }).range(line.from),
      Decoration.widget({ widget: new Name(peer), side: 1 }).range(line.to),
    ];
  });
  return Decoration.set(ranges, true);
}

export const marks: Extension = [peers, lintGutter()];

export function showPeers(view: EditorView, all: Peer[]) {
  view.dispatch({ effects: arrived.of(all) });
}

export function showProblems(view: EditorView, problems: Problem[]) {
  const { doc } = view.state;
  const diagnostics = problems.map((problem): Diagnostic => {
    const line = doc.line(Math.min(Math.max(problem.line, 1), doc.lines));
    const from = Math.min(line.from + Math.max(problem.column - 1, 0), line.to);
    return { from, to: line.to, severity: "error", message: problem.message };
  });
  view.dispatch(setDiagnostics(view.state, diagnostics));
}
