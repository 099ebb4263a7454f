-- Text as it is compared when searching: in lower case and without accents, so that "cafe" finds "Café".

Notes = Notes or {}

local letters = {
  a = "ÀÁÂÃÄÅĀĂĄàáâãäåāăą", c = "ÇĆĈĊČçćĉċč", d = "ÐĎĐðďđ", e = "ÈÉÊËĒĔĖĘĚèéêëēĕėęě", g = "ĜĞĠĢĝğġģ", h = "ĤĦĥħ",
  i = "ÌÍÎÏĨĪĬĮİìíîïĩīĭįı", j = "Ĵĵ", k = "Ķķ", l = "ĹĻĽŁĺļľł", n = "ÑŃŅŇñńņň", o = "ÒÓÔÕÖØŌŎŐòóôõöøōŏő", r = "ŔŖŘŕŗř",
  s = "ŚŜŞŠśŝşš", t = "ŢŤŦţťŧ", u = "ÙÚÛÜŨŪŬŮŰŲùúûüũūŭůűų", w = "Ŵŵ", y = "ÝŶŸýÿŷ", z = "ŹŻŽźżž",
  ae = "Ææ", oe = "Œœ", ss = "ßẞ",
}

local character = "[\194-\244][\128-\191]*" -- of UTF-8, beyond ASCII
local base = {}
for plain, accented in pairs(letters) do
  for c in accented:gmatch(character) do base[c] = plain end
end

function Notes.fold(s)
  return (s:lower():gsub(character, base))
end
