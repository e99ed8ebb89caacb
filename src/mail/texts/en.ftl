# What mails and the pages behind their links say. Every message is in every language's file, under the same name.
# Deadlines and names stand in lines of their own, so that no language has to inflect them.

consent-subject = Do you work with { $partner }? Claim { $number }
consent-lead = { $partner } says that it has helped { $customer } with the products below. The claim was reviewed and approved.
consent-next = If this is right, you don’t have to do anything: once the time to decline is over, { $partner } is recorded as your Claiming Partner of Record (CPOR) for these products. If it is wrong, decline before the time shown above.
consent-action = See the claim and decline
consent-action-note = This link is for you only and works until the deadline. Opening it changes nothing; you decline with a button on the page.
consent-without-link = You can decline in the console or through the API.

approved-subject = Claim { $number } was approved
approved-lead = Your claim { $number } for { $customer } was approved.
approved-next = The customer has been asked for consent. Unless the customer declines before the time shown above, the association then becomes official.

rejected-subject = Claim { $number } was rejected
rejected-lead = Your claim { $number } for { $customer } was rejected.
rejected-dispute = If you disagree, you can dispute the rejection before the time shown above. Give a business justification, attach new proof of execution, or do both.
rejected-final = This rejection cannot be disputed. You can submit a new claim with updated proof of execution.

action-subject = Claim { $number } needs your action
action-lead = The reviewers need something from you on claim { $number } for { $customer }.
action-next = Respond before the time shown above: edit the claim, comment on it or attach more proof, then send your response. If you don’t respond in time, the claim is rejected.
action-incumbent = Your claim stays approved. Comment or attach more proof before the time shown above: the arbitration is decided on the most recent proof.

opened-subject = A product of claim { $number } is in arbitration
opened-lead = { $product } on your claim { $number } for { $customer } is claimed by more than one partner and is now in arbitration.
opened-next = Each side is reviewed on its own proof of execution, and the most recent proof counts. The decision may take longer than usual. You don’t have to do anything unless the reviewers ask you to.

settled-subject = The arbitration on claim { $number } is settled
settled-won = The arbitration of { $product } is settled in favor of your claim { $number } for { $customer }.
settled-lost = The arbitration of { $product } is settled: your claim { $number } for { $customer } did not win it.
settled-left = Your claim { $number } for { $customer } no longer takes part in the arbitration of { $product }.

ended-subject = A subscription of claim { $number } has ended
ended-lead = A subscription of { $customer } has ended, and with it the association from your claim { $number }.
ended-next = If the customer has a new subscription, submit a new claim for it.

responded-subject = The partner responded on claim { $number }
responded-lead = { $partner } responded to the request for action on claim { $number } for { $customer }.
responded-next = The claim is under review again.

disputed-subject = The rejection of claim { $number } is disputed
disputed-lead = { $partner } disputes the rejection of claim { $number } for { $customer }.
disputed-next = The claim is under review again and nobody is assigned to it. The reviewer who rejected it may not decide it.

webhook-subject = A webhook endpoint was disabled
webhook-lead = Events are no longer delivered to the endpoint below: it failed for several days, or it answered that it is gone.
webhook-next = Fix the receiver, enable the endpoint again, and recover the events that it missed.

digest-subject = Your daily digest: { $count ->
    [one] { $count } notice
   *[other] { $count } notices
}
digest-lead = These notices came in since your last digest.
digest-next = You receive them once a day because you chose so.

label-claim = Claim
label-partner = Partner
label-customer = Customer
label-organization = Your organization
label-product = Product
label-products = Products
label-subscription = Subscription ID
label-reason = Reason
label-reasons = Reasons
label-detail = Explanation
label-message = The reviewers write
label-response = The partner writes
label-justification = Justification
label-decline-before = Decline before
label-customer-before = The customer can decline before
label-dispute-before = Dispute before
label-respond-before = Respond before
label-decide-before = Decide before
label-answer-before = Answer before
label-endpoint = Endpoint

footer-partner = You receive this message because your company is the partner on this claim.
footer-customer = You receive this message because your organization is the customer on this claim.
footer-reviewer = You receive this message because you review claims.
footer-endpoint = You receive this message because the endpoint belongs to you.
footer-digest = You receive this message because you chose a daily digest.
footer-automatic = It was sent automatically.
unsubscribe = Turn off these messages

rejection-INSUFFICIENT_POE = The proof of execution is not sufficient
rejection-MISSING_CUSTOMER_ACKNOWLEDGEMENT = The customer’s acknowledgement is missing
rejection-MISSING_PRODUCTS = The proof does not name the claimed products
rejection-POE_UNAVAILABLE = The proof cannot be opened
rejection-NO_PARTNER_RESPONSE = There was no response in time
rejection-PARTNER_REQUEST = Withdrawn by the partner
rejection-CUSTOMER_DECLINED = The customer declined
rejection-ARBITRATION_LOST = Another claim won the arbitration
rejection-OTHER = Another reason, see the explanation

asked-ALL_POE_MISSING = All proof of execution is missing or unrelated
asked-MISSING_CUSTOMER_ACKNOWLEDGEMENT = The customer’s acknowledgement is missing
asked-MISSING_OR_OUTDATED_DATES = Dates are missing or out of date
asked-MISSING_PARTNER_SOLUTION = Your work is not described, or not in enough detail
asked-MISSING_PRODUCTS = The proof does not name the claimed products
asked-OTHER = Something else, see the message

page-languages = Language
page-title = A claim on your organization
page-lead = { $partner } says that it has helped { $customer } with these products. The claim was reviewed and approved.
page-next = If this is right, you don’t have to do anything. If it is wrong, decline it here.
page-warning = Declining rejects the claim. It cannot be undone; the partner would have to submit a new claim.
page-reason = Why do you decline? (optional)
page-reason-hint = The partner and the reviewers will read this.
page-decline = Decline the claim
page-declined-title = You declined the claim
page-declined-text = Claim { $number } was rejected. { $partner } will not be recorded as your partner on the strength of it. You don’t have to do anything else.
page-gone-title = This link cannot be used
page-gone-text = It has been used already, its time is over, or it is not complete. If you expected something else, open the link from the message again or ask the sender of the message.
page-invalid-title = That was not accepted
page-unsubscribe-title = Turn off messages
page-unsubscribe-text = Do you want to stop receiving messages of this kind? You can still read them in the console and through the API.
page-unsubscribe = Turn them off
page-unsubscribed-title = Messages turned off
page-unsubscribed-text = You will not receive messages of this kind anymore.
