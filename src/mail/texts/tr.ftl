# E-postaların ve bağlantılarının açtığı sayfaların metinleri.

consent-subject = { $partner } ile çalışıyor musunuz? Talep { $number }
consent-lead = { $partner }, { $customer } kuruluşuna aşağıdaki ürünlerde destek verdiğini bildirdi. Talep incelendi ve onaylandı.
consent-next = Bilgiler doğruysa bir şey yapmanız gerekmez: ret süresi dolduğunda { $partner }, bu ürünler için Talepte Bulunan Kayıtlı İş Ortağınız (CPOR) olarak kaydedilir. Bilgiler doğru değilse yukarıdaki tarihten önce reddedin.
consent-action = Talebi görüntüle ve reddet
consent-action-note = Bu bağlantı yalnızca size özeldir ve son tarihe kadar geçerlidir. Bağlantıyı açmak hiçbir şeyi değiştirmez; sayfadaki düğmeyle reddedersiniz.
consent-without-link = Konsoldan veya API üzerinden reddedebilirsiniz.

approved-subject = { $number } numaralı talep onaylandı
approved-lead = { $customer } için oluşturduğunuz { $number } numaralı talep onaylandı.
approved-next = Müşteriden onay istendi. Müşteri yukarıdaki tarihten önce reddetmezse ilişkilendirme o tarihte kesinleşir.

rejected-subject = { $number } numaralı talep reddedildi
rejected-lead = { $customer } için oluşturduğunuz { $number } numaralı talep reddedildi.
rejected-dispute = Karara katılmıyorsanız yukarıdaki tarihten önce itiraz edebilirsiniz. Bir iş gerekçesi yazın, yeni uygulama kanıtı ekleyin veya ikisini birden yapın.
rejected-final = Bu ret kararına itiraz edilemez. Güncel uygulama kanıtıyla yeni bir talep gönderebilirsiniz.

action-subject = { $number } numaralı talep için işlem yapmanız gerekiyor
action-lead = İnceleyenler, { $customer } için oluşturduğunuz { $number } numaralı talep hakkında sizden bir işlem istiyor.
action-next = Yukarıdaki tarihten önce yanıt verin: talebi düzenleyin, yorum yazın veya ek kanıt ekleyin, ardından yanıtınızı gönderin. Zamanında yanıt vermezseniz talep reddedilir.
action-incumbent = Talebinizin onayı sürüyor. Yukarıdaki tarihten önce yorum yazın veya ek kanıt ekleyin: hakemlikte en yeni kanıt esas alınır.

opened-subject = { $number } numaralı talebin bir ürünü hakemlikte
opened-lead = { $customer } için oluşturduğunuz { $number } numaralı talepteki { $product } birden fazla iş ortağı tarafından talep edildi ve hakemliğe alındı.
opened-next = Her taraf kendi uygulama kanıtına göre incelenir ve en yeni kanıt esas alınır. Karar her zamankinden uzun sürebilir. İnceleyenler istemedikçe bir şey yapmanız gerekmez.

settled-subject = { $number } numaralı talepteki hakemlik sonuçlandı
settled-won = { $product } için hakemlik, { $customer } için oluşturduğunuz { $number } numaralı talep lehine sonuçlandı.
settled-lost = { $product } için hakemlik sonuçlandı: { $customer } için oluşturduğunuz { $number } numaralı talep bu ürünü kazanamadı.
settled-left = { $customer } için oluşturduğunuz { $number } numaralı talep, { $product } için yürütülen hakemlikte artık yer almıyor.

ended-subject = { $number } numaralı talebin bir aboneliği sona erdi
ended-lead = { $customer } müşterisinin bir aboneliği ve bununla birlikte { $number } numaralı talebinizden doğan ilişkilendirme sona erdi.
ended-next = Müşterinin yeni bir aboneliği varsa bunun için yeni bir talep gönderin.

responded-subject = İş ortağı { $number } numaralı talebi yanıtladı
responded-lead = { $partner }, { $customer } için olan { $number } numaralı talepteki işlem isteğini yanıtladı.
responded-next = Talep yeniden incelemede.

disputed-subject = { $number } numaralı talebin reddine itiraz edildi
disputed-lead = { $partner }, { $customer } için olan { $number } numaralı talebin reddine itiraz ediyor.
disputed-next = Talep yeniden incelemede ve kimseye atanmış değil. Talebi reddeden inceleyen bu konuda karar veremez.

webhook-subject = Bir webhook uç noktası devre dışı bırakıldı
webhook-lead = Aşağıdaki uç noktaya artık olay gönderilmiyor: uç nokta günlerce hata verdi veya artık bulunmadığını bildirdi.
webhook-next = Alıcıyı düzeltin, uç noktayı yeniden etkinleştirin ve kaçırılan olayları yeniden gönderin.

digest-subject = Günlük özetiniz: { $count } bildirim
digest-lead = Son özetinizden bu yana gelen bildirimler aşağıdadır.
digest-next = Tercihiniz doğrultusunda bunları günde bir kez alıyorsunuz.

label-claim = Talep
label-partner = İş ortağı
label-customer = Müşteri
label-organization = Kuruluşunuz
label-product = Ürün
label-products = Ürünler
label-subscription = Abonelik kimliği
label-reason = Neden
label-reasons = Nedenler
label-detail = Açıklama
label-message = İnceleyenlerin mesajı
label-response = İş ortağının mesajı
label-justification = Gerekçe
label-decline-before = Ret için son tarih
label-customer-before = Müşterinin ret için son tarihi
label-dispute-before = İtiraz için son tarih
label-respond-before = Yanıt için son tarih
label-decide-before = Karar için son tarih
label-answer-before = İtirazı yanıtlamak için son tarih
label-endpoint = Uç nokta

footer-partner = Bu iletiyi, şirketiniz bu talebin iş ortağı olduğu için alıyorsunuz.
footer-customer = Bu iletiyi, kuruluşunuz bu talebin müşterisi olduğu için alıyorsunuz.
footer-reviewer = Bu iletiyi, talepleri incelediğiniz için alıyorsunuz.
footer-endpoint = Bu iletiyi, uç nokta size ait olduğu için alıyorsunuz.
footer-digest = Bu iletiyi, günlük özeti seçtiğiniz için alıyorsunuz.
footer-automatic = Otomatik olarak gönderilmiştir.
unsubscribe = Bu iletileri kapat

rejection-INSUFFICIENT_POE = Uygulama kanıtı yetersiz
rejection-MISSING_CUSTOMER_ACKNOWLEDGEMENT = Müşteri teyidi eksik
rejection-MISSING_PRODUCTS = Kanıt, talep edilen ürünleri belirtmiyor
rejection-POE_UNAVAILABLE = Kanıt açılamıyor
rejection-NO_PARTNER_RESPONSE = Zamanında yanıt verilmedi
rejection-PARTNER_REQUEST = İş ortağı geri çekti
rejection-CUSTOMER_DECLINED = Müşteri reddetti
rejection-ARBITRATION_LOST = Hakemliği başka bir talep kazandı
rejection-OTHER = Başka bir neden, açıklamaya bakın

asked-ALL_POE_MISSING = Uygulama kanıtının tümü eksik veya ilgisiz
asked-MISSING_CUSTOMER_ACKNOWLEDGEMENT = Müşteri teyidi eksik
asked-MISSING_OR_OUTDATED_DATES = Tarihler eksik veya güncel değil
asked-MISSING_PARTNER_SOLUTION = Yaptığınız iş açıklanmamış veya yeterince ayrıntılı değil
asked-MISSING_PRODUCTS = Kanıt, talep edilen ürünleri belirtmiyor
asked-OTHER = Başka bir konu, mesaja bakın

page-languages = Dil
page-title = Kuruluşunuzla ilgili bir talep
page-lead = { $partner }, { $customer } kuruluşuna bu ürünlerde destek verdiğini bildirdi. Talep incelendi ve onaylandı.
page-next = Bilgiler doğruysa bir şey yapmanız gerekmez. Doğru değilse talebi buradan reddedin.
page-warning = Ret, talebin reddedilmesine yol açar ve geri alınamaz; iş ortağının yeni bir talep göndermesi gerekir.
page-reason = Neden reddediyorsunuz? (isteğe bağlı)
page-reason-hint = Bunu iş ortağı ve inceleyenler okuyacaktır.
page-decline = Talebi reddet
page-declined-title = Talebi reddettiniz
page-declined-text = { $number } numaralı talep reddedildi. { $partner } bu talebe dayanarak iş ortağınız olarak kaydedilmeyecek. Başka bir şey yapmanız gerekmez.
page-gone-title = Bu bağlantı kullanılamıyor
page-gone-text = Bağlantı daha önce kullanılmış, süresi dolmuş veya eksik. Başka bir şey bekliyorduysanız iletideki bağlantıyı yeniden açın veya iletiyi gönderene danışın.
page-invalid-title = Kabul edilmedi
page-unsubscribe-title = İletileri kapatma
page-unsubscribe-text = Bu türdeki iletileri almayı bırakmak istiyor musunuz? Bildirimleri konsolda ve API üzerinden okumaya devam edebilirsiniz.
page-unsubscribe = Kapat
page-unsubscribed-title = İletiler kapatıldı
page-unsubscribed-text = Bu türdeki iletileri artık almayacaksınız.
