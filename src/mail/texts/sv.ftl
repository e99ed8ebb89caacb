# Texterna i breven och på sidorna bakom deras länkar.

consent-subject = Arbetar ni med { $partner }? Anspråk { $number }
consent-lead = { $partner } uppger sig ha hjälpt { $customer } med produkterna nedan. Anspråket har granskats och godkänts.
consent-next = Om det stämmer behöver ni inte göra något: när tiden för att tacka nej har gått ut registreras { $partner } som er Claiming Partner of Record (CPOR) för produkterna. Om det inte stämmer, tacka nej före tidpunkten ovan.
consent-action = Visa anspråket och tacka nej
consent-action-note = Länken är bara till er och gäller till tidsfristen. Att öppna den ändrar ingenting; ni tackar nej med en knapp på sidan.
consent-without-link = Ni kan tacka nej i konsolen eller via API:et.

approved-subject = Anspråk { $number } har godkänts
approved-lead = Ert anspråk { $number } för { $customer } har godkänts.
approved-next = Kunden har tillfrågats om samtycke. Om kunden inte tackar nej före tidpunkten ovan blir kopplingen då officiell.

rejected-subject = Anspråk { $number } har avslagits
rejected-lead = Ert anspråk { $number } för { $customer } har avslagits.
rejected-dispute = Om ni inte håller med kan ni bestrida avslaget före tidpunkten ovan. Ge en affärsmässig motivering, bifoga nytt bevis på utfört arbete, eller gör båda delarna.
rejected-final = Det här avslaget kan inte bestridas. Ni kan lämna in ett nytt anspråk med uppdaterat bevis på utfört arbete.

action-subject = Anspråk { $number } kräver en åtgärd av er
action-lead = Granskarna behöver något från er om anspråk { $number } för { $customer }.
action-next = Svara före tidpunkten ovan: ändra anspråket, kommentera det eller bifoga mer bevis, och skicka sedan svaret. Om ni inte svarar i tid avslås anspråket.
action-incumbent = Ert anspråk förblir godkänt. Kommentera eller bifoga mer bevis före tidpunkten ovan: i skiljedomen är det det senaste beviset som räknas.

opened-subject = En produkt i anspråk { $number } har gått till skiljedom
opened-lead = Fler än en partner gör anspråk på { $product } i ert anspråk { $number } för { $customer }, och produkten har nu gått till skiljedom.
opened-next = Varje sida granskas utifrån sitt eget bevis på utfört arbete, och det senaste beviset räknas. Beslutet kan dröja längre än vanligt. Ni behöver inte göra något om inte granskarna ber er.

settled-subject = Skiljedomen i anspråk { $number } är avgjord
settled-won = Skiljedomen om { $product } är avgjord till fördel för ert anspråk { $number } för { $customer }.
settled-lost = Skiljedomen om { $product } är avgjord: ert anspråk { $number } för { $customer } vann inte.
settled-left = Ert anspråk { $number } för { $customer } deltar inte längre i skiljedomen om { $product }.

ended-subject = En prenumeration i anspråk { $number } har upphört
ended-lead = En prenumeration hos { $customer } har upphört, och med den kopplingen från ert anspråk { $number }.
ended-next = Om kunden har en ny prenumeration, lämna in ett nytt anspråk på den.

responded-subject = Partnern har svarat om anspråk { $number }
responded-lead = { $partner } har svarat på begäran om åtgärd i anspråk { $number } för { $customer }.
responded-next = Anspråket granskas igen.

disputed-subject = Avslaget på anspråk { $number } har bestridits
disputed-lead = { $partner } bestrider avslaget på anspråk { $number } för { $customer }.
disputed-next = Anspråket granskas igen och är inte tilldelat någon. Granskaren som avslog det får inte avgöra det.

webhook-subject = En webhook-slutpunkt har inaktiverats
webhook-lead = Händelser levereras inte längre till slutpunkten nedan: den har misslyckats i flera dagar eller svarat att den inte finns kvar.
webhook-next = Åtgärda mottagaren, aktivera slutpunkten igen och hämta de händelser som den har missat.

digest-subject = Er dagliga sammanfattning: { $count ->
    [one] { $count } meddelande
   *[other] { $count } meddelanden
}
digest-lead = De här meddelandena har kommit sedan er förra sammanfattning.
digest-next = Ni får dem en gång om dagen eftersom ni har valt det.

label-claim = Anspråk
label-partner = Partner
label-customer = Kund
label-organization = Er organisation
label-product = Produkt
label-products = Produkter
label-subscription = Prenumerations-id
label-reason = Skäl
label-reasons = Skäl
label-detail = Förklaring
label-message = Granskarna skriver
label-response = Partnern skriver
label-justification = Motivering
label-decline-before = Tacka nej före
label-customer-before = Kunden kan tacka nej före
label-dispute-before = Bestrid före
label-respond-before = Svara före
label-decide-before = Besluta före
label-answer-before = Besvara bestridandet före
label-endpoint = Slutpunkt

footer-partner = Ni får det här meddelandet eftersom ert företag är partner i anspråket.
footer-customer = Ni får det här meddelandet eftersom er organisation är kund i anspråket.
footer-reviewer = Du får det här meddelandet eftersom du granskar anspråk.
footer-endpoint = Ni får det här meddelandet eftersom slutpunkten är er.
footer-digest = Ni får det här meddelandet eftersom ni har valt en daglig sammanfattning.
footer-automatic = Det har skickats automatiskt.
unsubscribe = Stäng av de här meddelandena

rejection-INSUFFICIENT_POE = Beviset på utfört arbete räcker inte
rejection-MISSING_CUSTOMER_ACKNOWLEDGEMENT = Kundens bekräftelse saknas
rejection-MISSING_PRODUCTS = Beviset nämner inte produkterna som anspråket gäller
rejection-POE_UNAVAILABLE = Beviset går inte att öppna
rejection-NO_PARTNER_RESPONSE = Inget svar kom i tid
rejection-PARTNER_REQUEST = Tillbakadraget av partnern
rejection-CUSTOMER_DECLINED = Kunden tackade nej
rejection-ARBITRATION_LOST = Ett annat anspråk vann i skiljedomen
rejection-OTHER = Ett annat skäl, se förklaringen

asked-ALL_POE_MISSING = Allt bevis på utfört arbete saknas eller hör inte hit
asked-MISSING_CUSTOMER_ACKNOWLEDGEMENT = Kundens bekräftelse saknas
asked-MISSING_OR_OUTDATED_DATES = Datum saknas eller är inaktuella
asked-MISSING_PARTNER_SOLUTION = Ert arbete beskrivs inte, eller inte tillräckligt utförligt
asked-MISSING_PRODUCTS = Beviset nämner inte produkterna som anspråket gäller
asked-OTHER = Något annat, se meddelandet

page-languages = Språk
page-title = Ett anspråk som gäller er organisation
page-lead = { $partner } uppger sig ha hjälpt { $customer } med de här produkterna. Anspråket har granskats och godkänts.
page-next = Om det stämmer behöver ni inte göra något. Om det inte stämmer kan ni tacka nej här.
page-warning = Om ni tackar nej avslås anspråket. Det går inte att ångra; partnern måste då lämna in ett nytt anspråk.
page-reason = Varför tackar ni nej? (valfritt)
page-reason-hint = Partnern och granskarna kommer att läsa det här.
page-decline = Tacka nej till anspråket
page-declined-title = Ni har tackat nej
page-declined-text = Anspråk { $number } har avslagits. { $partner } registreras inte som er partner utifrån det. Ni behöver inte göra något mer.
page-gone-title = Länken går inte att använda
page-gone-text = Den har redan använts, dess tid har gått ut eller så är den inte fullständig. Om ni väntade er något annat, öppna länken i meddelandet igen eller fråga avsändaren.
page-invalid-title = Det godtogs inte
page-unsubscribe-title = Stäng av meddelanden
page-unsubscribe-text = Vill ni sluta få meddelanden av det här slaget? Ni kan fortfarande läsa dem i konsolen och via API:et.
page-unsubscribe = Stäng av
page-unsubscribed-title = Meddelandena är avstängda
page-unsubscribed-text = Ni får inte längre meddelanden av det här slaget.
