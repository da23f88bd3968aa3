// The editor's look, in the page's own tokens: a change of theme needs nothing from here.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--color-base-100)", color: "var(--color-base-content)", fontSize: "0.8125rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.375rem" },
  ".cm-content": { padding: "0.375rem 0", caretColor: "var(--color-base-content)" },
  ".cm-cursor": { borderLeftColor: "var(--color-base-content)" },
  ".cm-gutters": { backgroundColor: "var(--color-base-100)", color: "var(--hf-faint)", border: "none" },
  ".cm-activeLine": { backgroundColor: "var(--hf-softer)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--hf-softer)", color: "var(--color-base-content)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--hf-soft)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--hf-chg)" },
  ".cm-searchMatch": { backgroundColor: "var(--hf-chg)" },
  ".cm-searchMatch-selected": { outline: "2px solid var(--hf-focus)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--hf-soft)" },
  ".cm-panels": { backgroundColor: "var(--color-base-200)", color: "var(--color-base-content)" },
  ".cm-panels input, .cm-panels button": { font: "inherit" },
  ".cm-tooltip": { backgroundColor: "var(--color-base-100)", border: "1px solid var(--hf-line-strong)", borderRadius: "0.375rem" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--color-base-300)", border: "none", color: "var(--hf-muted)", padding: "0 0.5ch" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--hf-err-text) 1px", textUnderlineOffset: "3px" },
  ".cm-line.hf-wrong": { backgroundColor: "var(--hf-del)" },
  ".cm-line.hf-peer": { boxShadow: "inset 2px 0 0 var(--hf-peer)" },
  ".hf-peer-name": {
    marginLeft: "0.75rem", padding: "0 0.375rem", borderRadius: "0.25rem", fontFamily: "var(--font-sans)", fontSize: "0.6875rem",
    color: "#fff", backgroundColor: "var(--hf-peer)",
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.heading, tags.typeName], color: "var(--color-primary)" },
  { tag: tags.comment, color: "var(--hf-faint)", fontStyle: "italic" },
  { tag: [tags.invalid], color: "var(--hf-err-text)" },
  { tag: [tags.meta, tags.labelName], color: "var(--hf-warn-text)" },
]);

export const theme = [look, syntaxHighlighting(colours)];
