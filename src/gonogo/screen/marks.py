"""Marks of an injection: what each is called, why it is one, and the patterns of it. Data alone.

The words of other languages than English stand in rules of their own; names say the technique, in any language.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A mark: its name, why it is one, and its patterns (RE2; case does not count, a dot is no line break)."""

    name: str
    why: str
    patterns: tuple[str, ...]


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
_OLD = (
    r"(?:(?:all|any|every|each|your|the|these|those|my|of|previous|prior|preceding|above|earlier|former|initial"
    r"|original|existing|current|old|other|safety|system|default|given|such|both|and|or)[,\s]+){0,6}"
)
_ORDERS = (
    r"(?:instruct\w*|rules?|guidelines?|directi(?:ons?|ves?)|commands?|prompts?|orders|polic(?:y|ies)"
    r"|restrictions?|constraints?|context|messages?|training|programming|content\s+polic\w+|guardrails?"
    r"|safeguards?|filters?)"
)
_WHO = r"(?:ai|a\.i\.|assistant|model|chatbot|bot|character|persona|language model|llm|gpt|chatgpt)"

RULES: tuple[Rule, ...] = (
    Rule(
        "override",
        "it asks to set aside the instructions that came before",
        (
        rf"\b(?:ignor\w*|disregard\w*|forg[eo]t\w*|overrid\w+|bypass\w*|neglect|discard|drop|skip|cancel"
        rf"|(?:do\s+not|don'?t|never)\s+(?:follow|obey|heed|listen\s+to)|stop\s+(?:following"
        rf"|obeying))\s+(?:about\s+|to\s+)?{_OLD}{_ORDERS}\b"
        r"|\b(?:ignore|disregard|forget)\s+(?:all\s+|everything\s+|anything\s+"
        r"|what(?:ever)?\s+)+(?:of\s+)?(?:that\s+|you\s+|i\s+|was\s+|were\s+|have\s+|been\s+|came\s+|is\s+"
        r"|stands\s+|the\s+)*(?:before|above|previously|told|said|taught|earlier|prior)\b"
        r"|\b(?:new|updated|revised|real|actual)\s+(?:system\s+)?(?:instructions?|task|objective|directive|rules)\s*:"
        r"|\b(?:your|the)\s+(?:previous|prior|old|original|former|earlier)\s+(?:instructions?|rules|prompt"
        r"|guidelines)\s+(?:are|is|were|have been|no longer)\b"
        r"|\bfrom\s+now\s+on\b[^.!?\n]*\b(?:you\s+(?:are|will|must|shall|have)|answer|respond|act|ignore)"
        r"|\b(?:system|admin(?:istrator)?|developer|root|security)\s+(?:override|bypass)\b",
        rf"\b{_DROP}{_YOURS}{_RULES}\b",
        rf"\b{_DROP}\W+(?:\w+\W+){{0,3}}(?:you were (?:given|told)|(?:everything|all that|what) (?:is |was |"
        rf"stands )?(?:above|before))",
        rf"\b(?:forgotten|forget)\W+(?:about )?(?:all )?(?:the |your |any )?{_RULES}\b",
        rf"\b(?:new|updated|real|actual) {_RULES}\s*(?:are|is)?\s*:",
        rf"\b{_RULES} (?:above|before|you were given) (?:are|is) (?:void|replaced|cancelled|no longer)",
        r"\b(?:from (?:now|here) on|henceforth)\W+(?:you|answer|reply|only|act)\b",
        r"\byour (?:only|new|sole|real) (?:task|job|goal|purpose|role|instructions?)\b",
        ),
    ),
    Rule(
        "override",
        "it asks to set aside the instructions that came before, in another language than English",
        (
        r"\b(?:ignorier\w*|vergiss|vergessen sie|missachte\w*)\s[^.!?\n]*(?:anweisung\w*|regeln|vorgaben"
        r"|instruktion\w*|befehle)"
        r"|\b(?:ignore[zr]?|oublie[zr]?|ne tiens? pas compte)\s(?:toutes?|tous|les?|la|tes|vos|ces"
        r"|de)\s[^.!?\n]*(?:instructions?|consignes?|règles|directives)"
        r"|\b(?:ignor[ae]\w*|olvid[ae]\w*|desestim[ae])\s[^.!?\n]*(?:instrucciones|reglas|órdenes|indicaciones)"
        r"|\b(?:ignor[ai]\w*|dimentic[ah]\w*)\s[^.!?\n]*(?:istruzioni|regole|indicazioni)"
        r"|\b(?:ignor[ae]\w*|esqueç\w*|desconsider\w*)\s[^.!?\n]*(?:instruções|regras|ordens|orientações)"
        r"|\b(?:negeer|vergeet)\s[^.!?\n]*(?:instructies|regels|opdrachten|aanwijzingen)"
        r"|(?:zignoruj|ignoruj|zapomnij)\s[^.!?\n]*(?:instrukcj\w*|polece\S*|zasad\w*)"
        r"|(?:игнорируй\S*|проигнорируй\S*|забудь\S*|не\s+обращай\S*)\s[^.!?\n]*(?:инструкци\S*|указани\S*"
        r"|правил\S*|команд\S*)"
        r"|(?:ігноруй\S*|забудь\S*)\s[^.!?\n]*(?:інструкці\S*|вказівк\S*|правил\S*)"
        r"|(?:önceki|yukarıdaki|tüm)\s[^.!?\n]*(?:talimat\S*|kural\S*|yönerge\S*)[^.!?\n]*(?:yok say|unut"
        r"|dikkate alma|görmezden)"
        r"|(?:忽略|无视|無視|忘记|忘掉|不要理会|忽視)[^.!?\n]*(?:指令|指示|说明|規則|规则|提示|要求|命令)"
        r"|(?:指示|命令|ルール|指令|プロンプト|規則)[^.!?\n]*(?:無視|忘れ)"
        r"|(?:지시|명령|규칙|지침|프롬프트)[^.!?\n]*(?:무시|잊)"
        r"|(?:تجاهل|انس|تجاوز)[^.!?\n]*(?:التعليمات|تعليمات|الأوامر|القواعد|الإرشادات)"
        r"|(?:התעלם|התעלמי|שכח)[^.!?\n]*(?:ההוראות|הוראות|הכללים|ההנחיות)"
        r"|(?:निर्देश\S*|नियम\S*|आदेश\S*)[^.!?\n]*(?:अनदेखा|नज़रअंदाज़|नजरअंदाज|भूल|उपेक्षा)"
        r"|(?:bỏ qua|phớt lờ|quên)[^.!?\n]*(?:hướng dẫn|chỉ thị|quy tắc|lệnh|chỉ dẫn)"
        r"|(?:abaikan|lupakan)[^.!?\n]*(?:instruksi|perintah|aturan|arahan)"
        r"|(?:เพิกเฉย|ละเว้น|ลืม|ไม่ต้องสนใจ)[^.!?\n]*(?:คำสั่ง|กฎ|คำแนะนำ)",
        ),
    ),
    Rule(
        "role-play",
        "it gives the model another identity, one without limits",
        (
        rf"\b(?:you\s+are|you're|you\s+will\s+be|act|behave|respond|answer|speak)\s+(?:now\s+|going\s+to\s+(?:be"
        rf"|act)\s+|henceforth\s+)?(?:like\s+|as\s+)?(?:an?\s+|the\s+)?(?:\S+\s+){{0,6}}(?:unrestricted"
        rf"|unfiltered|uncensored|jailbroken|unlimited|amoral|unethical|lawless|rogue|evil|immoral|unchained"
        rf"|unbound|liberated|without\s+(?:any\s+)?(?:restrictions?|limits?|limitations?|filters?|rules|ethic\w*"
        rf"|moral\w*|censorship|guidelines))\b"
        rf"|\b(?:pretend|imagine|role-?play|simulate|immerse)\b.{{0,80}}\b(?:no|without|free\s+(?:of|from)"
        rf"|lack\w*|any)\s+(?:\S+\s+){{0,3}}(?:restrictions?|limits?|limitations?|filters?|rules|ethic\w*"
        rf"|moral\w*|guidelines|laws|boundaries|consequences|polic\w+)\b"
        r"|\b(?:developer|dev|debug|god|dan|jailbreak|sudo|admin|root|maintenance|opposite|unrestricted"
        r"|unfiltered)[\s-]mode\b[^.!?\n]*\b(?:enabled|activated|output|unlocked)\b|\b(?:enable|enter|activate|unlock)"
        r"\s+(?:the\s+)?(?:god|dan|jailbreak|sudo)[\s-]mode\b"
        r"|\bdo\s+anything\s+now\b|\b(?-i:DAN)\b[^.!?\n]*\b(?:can|will|mode|must|is\s+an?)\b|\bjail-?br(?:eak|oken)\b"
        rf"|\b(?:broken?\s+free|freed?|liberated|released)\s+(?:of|from)\s+(?:\S+\s+){{0,6}}(?:{_WHO}|confines"
        rf"|restrictions?|limitations?|shackles|rules|chains)\b"
        r"|\b(?:not|never|no\s+longer)\s+(?:be\s+)?(?:bound|restricted|limited|constrained|governed|restrained"
        r"|censored)\s+(?:by|to|in)\s+(?:any|the|all|your|its|our|openai\S*|ethic\w*|moral\w*|rules?|laws?"
        r"|guidelines|restrictions|typical|those|these)\b"
        r"|\b(?:stay|remain|keep|be)\s+in\s+character\b[^.!?\n]*\b(?:rules?|restrict\w*|tokens?|always|never"
        r"|no\s+matter|break)\b|\b(?:never|don'?t|do\s+not"
        r"|not)\s+(?:ever\s+)?break\s+(?:out\s+of\s+)?(?:your\s+)?character\b",
        r"\byou are (?:now|no longer|going to (?:be|act))\b.{0,60}\b(?:rules|restrict\w*|filter\w*|limits?|"
        r"guidelines|unbound|free|anything|bound)\b",
        r"\b(?:pretend|imagine|act|behave|respond|roleplay)\b.{0,40}\b(?:without|no|free of|unbound by|ignore|"
        r"any)\b.{0,20}\b(?:rules|restrict\w*|filter\w*|guidelines|ethic\w*|limit\w*)\b",
        r"\b(?:un(?:filtered|restricted|censored|bound)|jailbroken|amoral)\b.{0,40}\b(?:mode|model|ai|assistant|"
        r"twin|version|persona|chatbot|bot)\b",
        r"\b(?:developer|debug|god|jailbreak|dan|admin) mode\b.{0,30}\b(?:enabled|activated|output|restrict\w*)\b",
        r"\b(?:do anything now|stay in character|must obey every|have no (?:rules|restrictions|ethic\w*))\b",
        ),
    ),
    Rule(
        "no-limits",
        "it says that rules, laws or ethics do not count",
        (
        r"\b(?:no|free\s+of|free\s+from|remove|removed?|disable|lift(?:ed)?|drop|lacks?|devoid\s+of"
        r"|regardless\s+of|irrespective\s+of|disregards?|bypass(?:ing)?)\s+(?:all\s+|any\s+|of\s+|your\s+|the\s+"
        r"|its\s+){0,3}(?:\w+,?\s+(?:and\s+|or\s+)?){0,4}(?:ethic\w*|moral\w*|censorship|content\s+polic\w+"
        r"|safety\s+(?:guidelines|filters?|measures?|protocols?|rules)|openai'?s?\s+\w+|restrictions?\s+(?:or|and"
        r"|whatsoever)|legal\s+(?:constraints|boundaries|implications))\b"
        r"|\b(?:openai|anthropic|google|content|usage|safety)(?:'s)?\s+(?:content\s+|usage\s+)?(?:polic\w+"
        r"|guidelines|rules)\s+(?:do(?:es)?\s+not|don'?t|no\s+longer|are\s+not|have\s+been|will\s+not)\b"
        r"|\b(?:illegal|unethical|immoral|harmful|dangerous|offensive)(?:,?\s+(?:and"
        r"|or)?\s*\w+){0,3}\s+(?:\w+\s+){0,2}(?:is|are)\s+(?:all\s+)?(?:allowed|permitted|fine|acceptable"
        r"|encouraged|okay|ok)\b"
        r"|\b(?:amoral|unethical|immoral|unfiltered|uncensored)\b[^.!?\n]*\b(?:never|always|any\s+(?:request"
        r"|question|prompt)|no\s+matter|answers?|responses?|chatbot|assistant|ai|advice|bot)\b",
        ),
    ),
    Rule(
        "refusal-suppression",
        "it forbids the model to refuse or to warn",
        (
        r"\b(?:never|do\s+not|don'?t|cannot|can'?t|must\s+not|won'?t|will\s+not|without|may\s+not"
        r"|not\s+allowed\s+to|no)\s+(?:ever\s+|to\s+|be\s+|you\s+){0,2}(?:refus\w+|declin\w+|apologi[sz]\w*"
        r"|apology|apologies|disclaimers?|warn(?:ings?)?\s+(?:me|about|or)|say(?:ing)?\s+(?:\S+\s+){0,4}(?:can'?t"
        r"|cannot|sorry|unable|no)\b|moraliz\w+|lectur\w+|reject\w*)"
        r"|\b(?:start|begin)\s+(?:every|each|all)\s+(?:\w+\s+)?(?:answers?|response|reply|replies"
        r"|responses|messages?|outputs?)\s+with\b[^.!?\n]*"
        r"|\b(?:you\s+(?:can(?:not|'t)|must\s+(?:not|never)|(?:will|shall)\s+never)\s+(?:say\s+no|refuse|decline))\b",
        r"\b(?:never|do not|don't|must not|not allowed to|cannot)\W+(?:\w+\W+){0,3}(?:refuse|apologi[sz]e|decline)\b",
        r"\b(?:do not|don't|never|without)\W+(?:us(?:e|ing)|say(?:ing)?|mention(?:ing)?)\b.{0,40}\b(?:sorry|"
        r"cannot|guidelines|disclaimers?|warnings?)\b",
        r"\beach refusal\b",
        ),
    ),
    Rule(
        "delimiter",
        "it imitates the marks that part system, user and assistant",
        (
        r"<\|?(?:im_start|im_end|im_sep|system|user|assistant|endoftext|eot_id|start_header_id|end_of_text"
        r"|begin_of_text)\|?>|\[/?(?:INST|SYS|SYSTEM)\]|<</?SYS>>"
        r"|</?(?:system|assistant|instructions?|system_prompt|system-prompt|developer|admin|user_input|untrusted"
        r"|context)>"
        r"|(?m:^)[#*=\s-]{0,8}(?:system|developer|administrator|assistant)(?:\s+(?:prompt|message|note"
        r"|instruction|override|notice))?[#*=\s-]{0,6}:\s*\S"
        r"|(?m:^)\s*#{2,}\s*(?:system|instruction|new instruction|response|end of|begin)\b"
        r"|[-=]{3,}\s*(?:end|begin|start|stop)\s+(?:of\s+)?(?:\w+\s+){0,3}(?:prompt|instructions?|input|context"
        r"|document|data|message|conversation|system)\b",
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>",
        r"\[/?INST\]|<</?SYS>>|</?(?:system|instructions?|assistant)>",
        r"(?m)^\W*(?:system|assistant)\s*:\s",
        r"\bend of (?:user|the) (?:input|prompt|message|query)\b",
        r"\"role\"\s*:\s*\"(?:system|assistant|developer)\"",
        ),
    ),
    Rule(
        "extraction",
        "it asks for the system prompt",
        (
        r"\b(?:reveal|show|print|output|repeat|tell\s+me|give\s+me|display|write|leak|disclose|share|expose|copy"
        r"|dump|recite|return|list|state|translate|summari[sz]e|encode|quote|paste)\b[^.!?\n]*\b(?:system|initial"
        r"|hidden|secret|original|developer|internal|pre-?)\s*(?:prompt|instructions?|message|rules|directives"
        r"|configuration|guidelines)\b"
        r"|\b(?:what|which)\s+(?:is|are|was|were)\s+(?:your|the)\s+(?:\w+\s+){0,2}(?:system\s+prompt"
        r"|initial\s+(?:prompt|instructions)|hidden\s+(?:prompt|instructions)|original\s+(?:prompt|instructions)"
        r"|exact\s+instructions)\b"
        r"|\b(?:repeat|print|output|write|copy)\s+(?:\w+\s+){0,3}(?:everything|all|the\s+(?:text|words|content)"
        r"|words|text)\s+(?:\w+\s+){0,3}(?:above|before|verbatim|preceding)\b"
        r"|\b(?:print|output|repeat|show|reveal|list|translate|encode)\s+(?:out\s+|me\s+)?(?:all\s+|the\s+"
        r"|your\s+|of\s+|previous\s+|above\s+|prior\s+|preceding\s+){1,4}instructions\b"
        r"|\b(?:your|the)\s+(?:system\s+prompt|instructions)\s+(?:verbatim|word\s+for\s+word|in\s+full|exactly)\b",
        r"\b(?:print|repeat|reveal|show|output|quote|display|tell|give|write|encode|translate|read)\b.{0,40}\b"
        r"(?:your|the) (?:system|initial|hidden|original|own|exact|full) ?(?:prompt|message|instructions?|rules)\b",
        r"\b(?:print|repeat|output|quote|reveal|show|write|put|translate|encode|summari[sz]e|read)\b.{0,40}\b"
        r"(?:your|above|previous|given|(?:out|of) all)\W+(?:\w+\W+)?(?:instructions|prompt|rules|role)\b",
        r"\binstructions (?:given|above|so far)\b.{0,40}\b(?:as|in|format)",
        r"\b(?:repeat|print|output|quote)\b.{0,20}\b(?:everything|all|text|words?)\b.{0,20}\babove\b",
        r"\bwhat (?:are|were) your (?:initial|original|exact|system)? ?(?:instructions|rules)\b",
        ),
    ),
    Rule(
        "exfiltration",
        "it asks to put data into a link, an image or a request",
        (
        r"\b(?:append|add|insert|include|embed|put|encode|place|attach|render|show|send|post|transmit|forward"
        r"|upload|exfiltrate|submit|load|fetch)\b[^\n]*(?:!\[[^\]]*\]\(|https?://\S*[?=]\S*[\[{<$]"
        r"|https?://\S+[?&]\w+=)"
        r"|\b(?:send|post|forward|upload|exfiltrate|transmit|e-?mail|leak|submit)\b[^\n]*\b(?:conversation"
        r"|chat\s+history|history|secrets?|passwords?|credentials?|api\s+keys?|tokens?|user\s*(?:'s)?\s+data"
        r"|personal\s+(?:data|information)|contents?|system\s+prompt|everything|all\s+(?:data|emails|messages"
        r"|files))\b[^\n]*\b(?:to|at|via)\s+\S*(?:https?://|@|webhook|\.[a-z]{2,})"
        r"|!\[[^\]]*\]\(https?://[^)]*[?&/=][^)]*(?:\{|\[|<|%7B|\$)[^)]*\)",
        ),
    ),
    Rule(
        "tool-abuse",
        "it asks the model to use a tool for the attacker",
        (
        r"\b(?:call|use|invoke|run|execute|trigger)\s+(?:the\s+|your\s+)?[`\"']?\w{2,40}[`\"']?\s+(?:tool"
        r"|function|plugin|action|api|command)s?\b[^\n]*\b(?:delete|remove|transfer|pay|send|forward|export|drop"
        r"|all|without\s+(?:asking|confirm\w*|telling)|do\s+not\s+(?:ask|tell|mention|inform))\b"
        r"|\b(?:without|do\s+not|don'?t|never)\s+(?:asking|ask|telling|tell|informing|inform|notifying|notify"
        r"|mention(?:ing)?|alert(?:ing)?)\s+(?:it\s+|this\s+|them\s+|to\s+|for\s+"
        r"|about\s+){0,2}(?:the\s+)?(?:user|human|owner|operator|customer|confirmation|anyone)\b"
        r"|\brm\s+-rf\s+[/~]|\bcurl\s+\S*\s*https?://\S+\s*\|\s*(?:ba)?sh\b|\bDROP\s+TABLE\b|/etc/(?:passwd"
        r"|shadow)\b|(?:\.\./){3,}"
        r"|\b(?:transfer|wire|pay|refund)\s+(?:\S+\s+){0,4}(?:[$€£]\s?\d|\d+\s?(?:usd|eur|gbp|dollars|euros|btc"
        r"|eth))\S*\s[^\n]*\b(?:to|into)\s+(?:the\s+|this\s+|my\s+)?(?:account|iban|wallet|card)\b",
        ),
    ),
    Rule(
        "addressed-to-model",
        "it speaks to the model out of a document or a tool's result",
        (
        r"\b(?:attention|note|notice|important|message|instructions?|hint|reminder)\s*(?:to|for)\s+(?:all\s+"
        r"|any\s+|the\s+|every\s+)?(?:ai|a\.i\.|llms?|language\s+models?|assistants?|chatbots?|agents?"
        r"|automated\s+\w+|ai\s+\w+|bots?)\b"
        r"|\b(?:if|when)\s+you\s+are\s+(?:an?\s+)?(?:ai|llm|language\s+model|assistant|chatbot|automated)\b"
        r"|\b(?:ai|llm)\s+(?:assistants?|agents?|models?)\s+(?:must|should|reading|processing|summari[sz]ing"
        r"|are\s+(?:required|instructed))\b"
        r"|\bas\s+an\s+ai\b[^.!?\n]*\byou\s+(?:must|should|are\s+required)\b",
        ),
    ),
    Rule(
        "encoded-order",
        "it asks to decode something and do what it says",
        (
        r"\b(?:decode|decrypt|deobfuscate|unscramble|de-?cipher|translate\s+from\s+(?:base\s?64|rot\s?13|hex"
        r"|morse))\b[^.!?\n]*\b(?:follow|execute|obey|do\s+what|carry\s+out|respond\s+to|answer|comply|perform|run)\b"
        r"|\b(?:join|concatenate|combine|put\s+together)\b[^.!?\n]*\b(?:follow|execute|obey|do\s+what|carry\s+out"
        r"|answer|comply|perform|run)\b",
        ),
    ),
    Rule(
        "many-shot",
        "it shows the model a dialogue in which it obeys",
        (r"(?s)(?:\b(?:user|human|q)\s*:.{1,160}?\b(?:assistant|ai|a)\s*:.{1,160}?){3,}",),
    ),
    Rule(
        "prefix",
        "it puts the first words of the answer into the model's mouth",
        (
        r"\b(?:start|begin)\w*\W+(?:\w+\W+){0,4}(?:reply|answer|response|with)\b.{0,20}[\"'“‘](?:sure|absolutely|"
        r"of course|certainly|unrestricted)",
        rf"\b{_DROP}(?:ing|s)? (?:your|the|my) {_RULES}\b",
        rf"\bignor(?:ing|es) (?:your|the|my|all) {_RULES}\b",
        rf"\bdrop my {_RULES}\b",
        ),
    ),
    Rule(
        "payload-splitting",
        "it asks to put an order together from parts",
        (
        r"\bdo what\b.{0,30}\b\w\s*\+\s*\w\b",
        r"(?:\[\w+\]\s*){4,}",
        r"\b(?:fill in the blank|join (?:these|the) parts)\b.{0,40}\b(?:obey|carry (?:it )?out|execute|order)\b",
        r"(?s)\bstep 1\b.{0,80}\b(?:override|ignore|system prompt)\b",
        ),
    ),
)  # fmt: skip
"""What is looked for."""
