"""Find the marks of an injection in text: words that want to replace the instructions a model works under. Pure.

Marks are named by technique. They tell what a text looks like, not what it does: an application is safe by what it
lets a model do. Texts are read normalised and decoded (`screen.normal`), so that a disguise does not help.
"""

from __future__ import annotations

import re2

from gonogo.screen.normal import forms

_RULES = (
    r"(?:instruct\w*|rules?|guidelines?|directives?|orders|polic(?:y|ies)|prompts?|restrictions|constraints|"
    r"programming|training|context)"
)
_DROP = (
    r"(?:ignore|disregard|forget|bypass|override|overrule|neglect|discard|drop|set aside|pay no attention to|"
    r"do not follow|don't follow|do not listen to|stop following|abandon)"
)
_YOURS = (
    r"(?:\W+(?:all|any|every|everything|each|of|the|your|my|our|these|those|its|previous|prior|earlier|above|"
    r"preceding|initial|original|system|existing|current|safety|content|ethical|previously|given|former|"
    r"information|and)){1,7}\W+"
)

MARKS = {
    "override": (
        rf"\b{_DROP}{_YOURS}{_RULES}\b",
        rf"\b{_DROP}\W+(?:\w+\W+){{0,3}}(?:you were (?:given|told)|(?:everything|all that|what) (?:is |was |"
        rf"stands )?(?:above|before))",
        rf"\b(?:forgotten|forget)\W+(?:about )?(?:all )?(?:the |your |any )?{_RULES}\b",
        rf"\b(?:new|updated|real|actual) {_RULES}\s*(?:are|is)?\s*:",
        rf"\b{_RULES} (?:above|before|you were given) (?:are|is) (?:void|replaced|cancelled|no longer)",
        r"\b(?:from (?:now|here) on|henceforth)\W+(?:you|answer|reply|only|act)\b",
        r"\byour (?:only|new|sole|real) (?:task|job|goal|purpose|role|instructions?)\b",
    ),
    "role-play": (
        r"\byou are (?:now|no longer|going to (?:be|act))\b.{0,60}\b(?:rules|restrict\w*|filter\w*|limits?|"
        r"guidelines|unbound|free|anything|bound)\b",
        r"\b(?:pretend|imagine|act|behave|respond|roleplay)\b.{0,40}\b(?:without|no|free of|unbound by|ignore|"
        r"any)\b.{0,20}\b(?:rules|restrict\w*|filter\w*|guidelines|ethic\w*|limit\w*)\b",
        r"\b(?:un(?:filtered|restricted|censored|bound)|jailbroken|amoral)\b.{0,40}\b(?:mode|model|ai|assistant|"
        r"twin|version|persona|chatbot|bot)\b",
        r"\b(?:developer|debug|god|jailbreak|dan|admin) mode\b.{0,30}\b(?:enabled|activated|output|restrict\w*)\b",
        r"\b(?:do anything now|stay in character|must obey every|have no (?:rules|restrictions|ethic\w*))\b",
    ),
    "delimiter": (
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>",
        r"\[/?INST\]|<</?SYS>>|</?(?:system|instructions?|assistant)>",
        r"(?m)^\W*(?:system|assistant)\s*:\s",
        r"\bend of (?:user|the) (?:input|prompt|message|query)\b",
        r"\"role\"\s*:\s*\"(?:system|assistant|developer)\"",
    ),
    "many-shot": (r"(?s)(?:\b(?:user|human|q)\s*:.{1,160}?\b(?:assistant|ai|a)\s*:.{1,160}?){3,}",),
    "refusal-suppression": (
        r"\b(?:never|do not|don't|must not|not allowed to|cannot)\W+(?:\w+\W+){0,3}(?:refuse|apologi[sz]e|decline)\b",
        r"\b(?:do not|don't|never|without)\W+(?:us(?:e|ing)|say(?:ing)?|mention(?:ing)?)\b.{0,40}\b(?:sorry|"
        r"cannot|guidelines|disclaimers?|warnings?)\b",
        r"\beach refusal\b",
    ),
    "prefix": (
        r"\b(?:start|begin)\w*\W+(?:\w+\W+){0,4}(?:reply|answer|response|with)\b.{0,20}[\"'“‘](?:sure|absolutely|"
        r"of course|certainly|unrestricted)",
        rf"\b{_DROP}(?:ing|s)? (?:your|the|my) {_RULES}\b",
        rf"\bignor(?:ing|es) (?:your|the|my|all) {_RULES}\b",
        rf"\bdrop my {_RULES}\b",
    ),
    "payload-splitting": (
        r"\bdo what\b.{0,30}\b\w\s*\+\s*\w\b",
        r"(?:\[\w+\]\s*){4,}",
        r"\b(?:fill in the blank|join (?:these|the) parts)\b.{0,40}\b(?:obey|carry (?:it )?out|execute|order)\b",
        r"(?s)\bstep 1\b.{0,80}\b(?:override|ignore|system prompt)\b",
    ),
    "extraction": (
        r"\b(?:print|repeat|reveal|show|output|quote|display|tell|give|write|encode|translate|read)\b.{0,40}\b"
        r"(?:your|the) (?:system|initial|hidden|original|own|exact|full) ?(?:prompt|message|instructions?|rules)\b",
        r"\b(?:print|repeat|output|quote|reveal|show|write|put|translate|encode|summari[sz]e|read)\b.{0,40}\b"
        r"(?:your|above|previous|given|(?:out|of) all)\W+(?:\w+\W+)?(?:instructions|prompt|rules|role)\b",
        r"\binstructions (?:given|above|so far)\b.{0,40}\b(?:as|in|format)",
        r"\b(?:repeat|print|output|quote)\b.{0,20}\b(?:everything|all|text|words?)\b.{0,20}\babove\b",
        r"\bwhat (?:are|were) your (?:initial|original|exact|system)? ?(?:instructions|rules)\b",
    ),
}  # fmt: skip
"""Patterns by technique."""

_named = [(name, re2.compile(f"(?i){pattern}")) for name, patterns in MARKS.items() for pattern in patterns]
_options = re2.Options()
_options.never_capture = True
_options.max_mem = 64 << 20


def _screen() -> re2.Set:
    found = re2.Set.SearchSet(_options)
    for _, pattern in _named:
        found.Add(pattern.pattern)
    found.Compile()
    return found


_which = _screen()


def marks(text: str) -> frozenset[str]:
    """Return the techniques whose marks are in `text`, in any of its forms."""
    return frozenset(_named[index][0] for form in forms(text) for index in _which.Match(form) or ())
