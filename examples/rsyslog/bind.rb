version=2
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# liblognorm rulebase: BIND's query and response lines as the fields that omdnsmon reads with
# input="json" (doc/FORMATS.md, "JSON records"). See normalise.conf beside this file.
#
# A name has no blanks (BIND prints them as \032), so "word" takes it whole, a ")" in it and all.
# Rules that begin alike are one path for liblognorm; the order does not matter.
#
# LIMITS: a view whose own name has ": query: " in it is not understood; a response's numbers of
# records stay unknown, since liblognorm makes no arrays.

# BIND 9.11 and later: client @0xHEX IP#PORT (NAME): [view V: ]query: NAME CLASS TYPE FLAGS (SERVER)
rule=query: client @%-:word% %client:char-to:#%#%port:number% (%-:word% query: %qname:word% %qclass:word% %qtype:word% %flags:word% (%-:rest%
rule=query: client @%-:word% %client:char-to:#%#%port:number% (%-:word% view %view:char-to:\x3a%: query: %qname:word% %qclass:word% %qtype:word% %flags:word% (%-:rest%
# the same with TSIG: IP#PORT/key SIGNER (NAME)
rule=query: client @%-:word% %client:char-to:#%#%port:number%/key %signer:word% (%-:word% query: %qname:word% %qclass:word% %qtype:word% %flags:word% (%-:rest%

# BIND 9.9 and 9.10: without the pointer
rule=query: client %client:char-to:#%#%port:number% (%-:word% query: %qname:word% %qclass:word% %qtype:word% %flags:word% (%-:rest%
rule=query: client %client:char-to:#%#%port:number% (%-:word% view %view:char-to:\x3a%: query: %qname:word% %qclass:word% %qtype:word% %flags:word% (%-:rest%
# BIND 9.7 and 9.8: without the name in front
rule=query: client %client:char-to:#%#%port:number%: query: %qname:word% %qclass:word% %qtype:word% %flags:word% (%-:rest%

# BIND 9.20.3 and later with "category responses"
rule=response: client @%-:word% %client:char-to:#%#%port:number% (%-:word% response: %qname:word% %qclass:word% %qtype:word% %rcode:word% %-:number% %-:number% %-:number% %flags:word% (%-:rest%

annotate=query:+kind="query"
annotate=response:+kind="response"
