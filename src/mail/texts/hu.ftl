# A levelek és a hivatkozásaik mögötti oldalak szövegei.

consent-subject = Az Önök partnere: { $partner }? { $number } számú igény
consent-lead = { $partner } jelezte, hogy az alábbi termékekkel segítette az Önök szervezetét ({ $customer }). Az igényt elbíráltuk és jóváhagytuk.
consent-next = Ha ez így helyes, nincs teendőjük: az elutasítási határidő lejártával { $partner } lesz az Önök igénylő nyilvántartott partnere (CPOR) ezekre a termékekre. Ha nem helyes, a fenti időpont előtt utasítsák el.
consent-action = Az igény megtekintése és elutasítása
consent-action-note = Ez a hivatkozás csak Önöknek szól, és a határidőig érvényes. A megnyitása semmit sem változtat meg; elutasítani az oldalon lévő gombbal lehet.
consent-without-link = Elutasítani a konzolon vagy az API-n keresztül lehet.

approved-subject = A { $number } számú igényt jóváhagyták
approved-lead = Jóváhagyták a { $number } számú igényüket. Ügyfél: { $customer }.
approved-next = Az ügyféltől hozzájárulást kértünk. Ha a fenti időpontig nem utasítja el, a hozzárendelés akkor véglegessé válik.

rejected-subject = A { $number } számú igényt elutasították
rejected-lead = Elutasították a { $number } számú igényüket. Ügyfél: { $customer }.
rejected-dispute = Ha nem értenek egyet, a fenti időpont előtt vitathatják az elutasítást. Adjanak meg üzleti indoklást, csatoljanak új teljesítési bizonyítékot, vagy tegyék meg mindkettőt.
rejected-final = Ez az elutasítás nem vitatható. Frissített teljesítési bizonyítékkal új igényt nyújthatnak be.

action-subject = Teendő a { $number } számú igénnyel
action-lead = A bírálók intézkedést kérnek a { $number } számú igényükkel kapcsolatban. Ügyfél: { $customer }.
action-next = Válaszoljanak a fenti időpont előtt: módosítsák az igényt, írjanak megjegyzést vagy csatoljanak további bizonyítékot, majd küldjék el a választ. Ha nem válaszolnak időben, az igényt elutasítjuk.
action-incumbent = Az igényük jóváhagyott marad. A fenti időpont előtt írjanak megjegyzést vagy csatoljanak további bizonyítékot: a döntőbíráskodásban a legfrissebb bizonyíték számít.

opened-subject = Döntőbíráskodás a { $number } számú igény egyik termékéről
opened-lead = A { $number } számú igényük egyik termékét több partner is igényli, ezért döntőbíráskodás indult. Termék: { $product }. Ügyfél: { $customer }.
opened-next = Mindegyik felet a saját teljesítési bizonyítéka alapján bíráljuk el, és a legfrissebb bizonyíték számít. A döntés a szokásosnál tovább tarthat. Nincs teendőjük, hacsak a bírálók nem kérnek valamit.

settled-subject = Lezárult a döntőbíráskodás a { $number } számú igény ügyében
settled-won = A döntőbíráskodás a { $number } számú igényük javára zárult. Termék: { $product }. Ügyfél: { $customer }.
settled-lost = A döntőbíráskodás lezárult: a terméket nem a { $number } számú igényük nyerte el. Termék: { $product }. Ügyfél: { $customer }.
settled-left = A { $number } számú igényük már nem vesz részt a döntőbíráskodásban. Termék: { $product }. Ügyfél: { $customer }.

ended-subject = Megszűnt a { $number } számú igény egyik előfizetése
ended-lead = Az ügyfél ({ $customer }) egyik előfizetése megszűnt, és vele a { $number } számú igényükből származó hozzárendelés is.
ended-next = Ha az ügyfélnek új előfizetése van, nyújtsanak be rá új igényt.

responded-subject = A partner válaszolt a { $number } számú igénnyel kapcsolatban
responded-lead = { $partner } válaszolt a { $number } számú igényre vonatkozó kérésre. Ügyfél: { $customer }.
responded-next = Az igény ismét bírálat alatt áll.

disputed-subject = Vitatják a { $number } számú igény elutasítását
disputed-lead = { $partner } vitatja a { $number } számú igény elutasítását. Ügyfél: { $customer }.
disputed-next = Az igény ismét bírálat alatt áll, és nincs kiosztva senkinek. Aki elutasította, nem dönthet róla.

webhook-subject = Egy webhookvégpontot letiltottunk
webhook-lead = Az alábbi végpontra már nem küldünk eseményeket: napokon át hibát adott, vagy azt válaszolta, hogy megszűnt.
webhook-next = Javítsák ki a fogadó oldalt, engedélyezzék újra a végpontot, és kérjék le a kimaradt eseményeket.

digest-subject = Napi összefoglaló: { $count } értesítés
digest-lead = Ezek az értesítések érkeztek az előző összefoglaló óta.
digest-next = A beállításuk szerint naponta egyszer kapják meg őket.

label-claim = Igény
label-partner = Partner
label-customer = Ügyfél
label-organization = Az Önök szervezete
label-product = Termék
label-products = Termékek
label-subscription = Előfizetés-azonosító
label-reason = Ok
label-reasons = Okok
label-detail = Indoklás
label-message = A bírálók üzenete
label-response = A partner üzenete
label-justification = Indoklás
label-decline-before = Az elutasítás határideje
label-customer-before = Az ügyfél eddig utasíthatja el
label-dispute-before = A vitatás határideje
label-respond-before = A válasz határideje
label-decide-before = A döntés határideje
label-answer-before = A vitatás megválaszolásának határideje
label-endpoint = Végpont

footer-partner = Azért kapják ezt az üzenetet, mert az Önök cége a partner ezen az igényen.
footer-customer = Azért kapják ezt az üzenetet, mert az Önök szervezete az ügyfél ezen az igényen.
footer-reviewer = Azért kapja ezt az üzenetet, mert igényeket bírál.
footer-endpoint = Azért kapják ezt az üzenetet, mert a végpont Önökhöz tartozik.
footer-digest = Azért kapják ezt az üzenetet, mert napi összefoglalót választottak.
footer-automatic = Automatikusan küldött üzenet.
unsubscribe = Az ilyen üzenetek kikapcsolása

rejection-INSUFFICIENT_POE = A teljesítési bizonyíték nem elegendő
rejection-MISSING_CUSTOMER_ACKNOWLEDGEMENT = Hiányzik az ügyfél igazolása
rejection-MISSING_PRODUCTS = A bizonyíték nem nevezi meg az igényelt termékeket
rejection-POE_UNAVAILABLE = A bizonyíték nem nyitható meg
rejection-NO_PARTNER_RESPONSE = Nem érkezett időben válasz
rejection-PARTNER_REQUEST = A partner visszavonta
rejection-CUSTOMER_DECLINED = Az ügyfél elutasította
rejection-ARBITRATION_LOST = A döntőbíráskodást egy másik igény nyerte
rejection-OTHER = Más ok, lásd az indoklást

asked-ALL_POE_MISSING = Minden teljesítési bizonyíték hiányzik vagy nem idevágó
asked-MISSING_CUSTOMER_ACKNOWLEDGEMENT = Hiányzik az ügyfél igazolása
asked-MISSING_OR_OUTDATED_DATES = A dátumok hiányoznak vagy elavultak
asked-MISSING_PARTNER_SOLUTION = Az elvégzett munka leírása hiányzik, vagy nem elég részletes
asked-MISSING_PRODUCTS = A bizonyíték nem nevezi meg az igényelt termékeket
asked-OTHER = Egyéb, lásd az üzenetet

page-languages = Nyelv
page-title = Az Önök szervezetére vonatkozó igény
page-lead = { $partner } jelezte, hogy ezekkel a termékekkel segítette az Önök szervezetét ({ $customer }). Az igényt elbíráltuk és jóváhagytuk.
page-next = Ha ez így helyes, nincs teendőjük. Ha nem helyes, itt elutasíthatják.
page-warning = Az igényt ezzel elutasítják. Ez nem vonható vissza; a partnernek új igényt kellene benyújtania.
page-reason = Miért utasítják el? (nem kötelező)
page-reason-hint = Ezt a partner és a bírálók is olvasni fogják.
page-decline = Az igény elutasítása
page-declined-title = Elutasították az igényt
page-declined-text = A { $number } számú igényt elutasítottuk. Ez alapján { $partner } nem kerül be a nyilvántartásba az Önök partnereként. Nincs további teendőjük.
page-gone-title = Ez a hivatkozás nem használható
page-gone-text = Már felhasználták, lejárt az ideje, vagy hiányos. Ha másra számítottak, nyissák meg újra az üzenetben lévő hivatkozást, vagy kérdezzék meg az üzenet feladóját.
page-invalid-title = Ezt nem fogadtuk el
page-unsubscribe-title = Üzenetek kikapcsolása
page-unsubscribe-text = Szeretnék, hogy ne kapjanak többé ilyen üzeneteket? A konzolon és az API-n keresztül továbbra is olvashatók lesznek.
page-unsubscribe = Kikapcsolás
page-unsubscribed-title = Az üzenetek kikapcsolva
page-unsubscribed-text = Ilyen üzeneteket többé nem küldünk.
