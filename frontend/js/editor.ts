// The border between the Configurations page and CodeMirror: a handle is a number, everything else is text or JSON.
//
// The page loads this module when it is opened and finds it as `window.holdfastEditor`.

import { defaultKeymap, history, historyKeymap, isolateHistory, undo as undoLast } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { StreamLanguage, bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, Transaction } from "@codemirror/state";
import {
  EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers,
} from "@codemirror/view";
import { differences } from "./editor/differences";
import { marks, showPeers, showProblems } from "./editor/marks";
import { theme } from "./editor/theme";
import type { Format, Peer, Problem } from "./editor/types";

/** Hears of each change (`changed`, by a person or by us) and of the line the caret is in. */
type Listener = (what: "changed" | "line", line: number) => void;

interface Editor {
  view: EditorView;
  readOnly: Compartment;
  line: number;
}

const editors = new Map<number, Editor>();
let next = 1;

function language(format: Format) {
  if (format === "json") return json();
  return format === "toml" ? StreamLanguage.define(toml) : yaml();
}

/** Makes an editor in an element. `label` is its name for those who do not see it. */
export function make(element: HTMLElement, format: Format, label: string, text: string, listener: Listener): number {
  const handle = next++;
  const readOnly = new Compartment();
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
  const view = new EditorView({
    parent: element,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
        lineNumbers(), foldGutter(), highlightActiveLine(), highlightActiveLineGutter(), highlightSpecialChars(),
        highlightSelectionMatches(), drawSelection(), indentOnInput(), bracketMatching(), history(), search({ top: true }),
        keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap]),
        language(format), theme, marks,
        readOnly.of(EditorState.readOnly.of(false)),
        EditorView.updateListener.of((update) => {
          const editor = editors.get(handle);
          if (!editor) return;
          const line = update.state.doc.lineAt(update.state.selection.main.head).number;
          if (update.docChanged) listener("changed", line);
          if (line !== editor.line) listener("line", line);
          editor.line = line;
        }),
      ],
    }),
  });
  editors.set(handle, { view, readOnly, line: 1 });
  return handle;
}

/** The text. */
export function text(handle: number): string {
  return editors.get(handle)?.view.state.doc.toString() ?? "";
}

/**
 * Puts another text in its place; only lines that differ are touched, so that caret and selection stay where they were, and
 * undoing takes back what the person wrote and nothing else. `isOwn`: it is theirs, and is undone like what they type.
 */
export function replace(handle: number, wanted: string, isOwn: boolean) {
  const view = editors.get(handle)?.view;
  if (!view) return;
  const changes = differences(view.state.doc.toString(), wanted);
  // A step of its own: undo takes it back, and not what was typed just before.
  const annotations = isOwn ? isolateHistory.of("full") : Transaction.addToHistory.of(false);
  if (changes.length > 0) view.dispatch({ changes, annotations });
}

/** Goes to a line. */
export function go(handle: number, number: number) {
  const view = editors.get(handle)?.view;
  if (!view) return;
  const line = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
  view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
  view.focus();
}

/** Marks what is wrong. */
export function problems(handle: number, found: string) {
  const view = editors.get(handle)?.view;
  if (view) showProblems(view, JSON.parse(found) as Problem[]);
}

/** Shows who else is here. */
export function peers(handle: number, all: string) {
  const view = editors.get(handle)?.view;
  if (view) showPeers(view, JSON.parse(all) as Peer[]);
}

/** Whether it can only be read. */
export function fix(handle: number, isFixed: boolean) {
  const editor = editors.get(handle);
  editor?.view.dispatch({ effects: editor.readOnly.reconfigure(EditorState.readOnly.of(isFixed)) });
}

/** Takes back the last change. */
export function undo(handle: number) {
  const view = editors.get(handle)?.view;
  if (view) undoLast(view);
}

/** Opens the search. */
export function find(handle: number) {
  const view = editors.get(handle)?.view;
  if (view) openSearchPanel(view);
}

/** Takes the editor away. */
export function end(handle: number) {
  editors.get(handle)?.view.destroy();
  editors.delete(handle);
}

Object.assign(window, { holdfastEditor: { make, text, replace, go, problems, peers, fix, undo, find, end } });
