"""What an empty list of Office says: what comes to stand there, and how."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "accounting.anomaly": _("Nothing is odd: every line of the bank was found, and statements follow one another."),
    "accounting.bankaccount": _("An account takes statements of your bank; say how its files are written."),
    "accounting.closing": _("A closed period is sealed: nothing is booked in it any more."),
    "accounting.creditnote": _("A credit note gives back what an order was charged, in whole or in part."),
    "accounting.company": _("A company with its numbers and address: without one no invoice can be made."),
    "accounting.entry": _("Entries are written by themselves when orders are paid, delivered and paid back."),
    "accounting.extract": _("An extract is a file of journal entries for your accountant. Make the first with +."),
    "accounting.invoice": _("Invoices are made by themselves when goods leave, and stand here for good."),
    "accounting.statement": _("Statements of the bank stand here, by upload or API, with what each line pays."),
    "campaigns.campaign": _("A campaign lowers the prices of a selection between two dates, on chosen channels."),
    "campaigns.landingpage": _("A landing page is made of blocks: banners, selections, texts, questions, films."),
    "catalog.associationkind": _("A kind names a row of products beside a product: accessories, goes well with…"),
    "catalog.attribute": _("Attributes describe products: colour, age, material. Files and colleagues add them."),
    "catalog.brand": _("Brands come with the files of products, or are made here. Each has a page in the shop."),
    "catalog.criterion": _("A criterion is a filter of lists: the values of an attribute, its ranges, yes or no."),
    "catalog.family": _("Families are the company's own arrangement, in two levels. Shoppers never see them."),
    "catalog.fieldlock": _(
        "A lock keeps a field of a product, family or segment as it is, until a day or until lifted."
    ),
    "catalog.fieldorder": _(
        "All fields follow the order of the sources. A field with an order of its own stands here."
    ),
    "catalog.keyword": _("A search for a keyword leads with its products: “Avengers” shows Spider-Man first."),
    "catalog.keywordcategory": _("A category holds keywords of one kind: teams, nicknames. It may be a filter, too."),
    "catalog.labelslot": _("A slot holds labels of one kind, such as “New” or “Only online”, on tiles and pages."),
    "catalog.mediafetch": _("Pictures, films and papers that a file names by address stand here until fetched."),
    "catalog.product": _("Products come by file, by the API, or one by one with +."),
    "catalog.requirement": _("Say what a product must have before it is complete, by family, channel and language."),
    "catalog.segment": _("Segments are the departments of the shop, six levels deep at most."),
    "catalog.selection": _("A selection is a list of products, picked by hand or by a rule, for pages and campaigns."),
    "discovery.merchandisingrule": _("A rule pins, lifts, buries or hides products of a search, segment or selection."),
    "discovery.relevancetest": _("A test says what must be found: “avengers” shows Spider-Man among the first three."),
    "discovery.searchredirect": _("A search may lead straight to a page: “opening hours” to your stores."),
    "discovery.synonymset": _("Words of a set find each other's products: teddy, soft toy, plush."),
    "orders.voucher": _("A gift card or voucher is money behind a code: issue one, its code is shown this once."),
    "integrations.paymentaccount": _(
        "A payment account is ours with a provider such as Stripe: type its keys, test them, choose it to be paid with."
    ),
    "integrations.connection": _("A connection says where files come from or go to: a server, a bucket, an address."),
    "integrations.feedstop": _("All products go to the feeds. One that is taken off stands here until it is back."),
    "integrations.flow": _("A flow brings files in or sends them out, by the clock, by hand or after another flow."),
    "integrations.mapping": _("A mapping says which column of a file feeds which field. Without one, files are RAW."),
    "integrations.orderhandover": _("Each order on its way to the ERP stands here, with what became of it."),
    "integrations.run": _("Each file that came or went leaves a run: what was read, changed, refused, and why."),
    "integrations.listexport": _("“Export this list” stands above every list; its files are kept here for seven days."),
    "logbook.faileddelivery": _("Nothing failed: every event reached those that follow it."),
    "logistics.carrier": _("A carrier has the days on which it collects, carries and hands over."),
    "logistics.deliverygroup": _("A heading gathers delivery modes in the checkout: at home, at a pickup point."),
    "logistics.deliveryzone": _("A zone is countries and beginnings of postcodes; modes and fee tables name it."),
    "logistics.fulfilmenttype": _(
        "How articles come to be ready: from the shelf, engraved, made to order, with its days."
    ),
    "logistics.productdelivery": _("A product with a delay, a date or an extra fee of its own stands here."),
    "logistics.handoverlist": _("When a driver takes what is packed, the list that is signed stands here."),
    "logistics.parcel": _("A slip that is prepared is packed into parcels; they stand here with their labels."),
    "logistics.preparation": _("Nothing to gather here: slips come with the orders that were paid."),
    "logistics.reservation": _("Units that orders hold stand here until they are handed over or given back."),
    "logistics.routingpolicy": _("Without a policy several places may share an order, and nothing is sent in part."),
    "logistics.routingrule": _("Without rules: fewest shipments, then the highest priority, then the shortest way."),
    "logistics.shelflocation": _("Aisle, shelf and bin of a product at a place: picking lists follow them."),
    "logistics.stockmovement": _("Every change of stock leaves a line here; none is ever changed or taken away."),
    "logistics.supplyrule": _("Without rules a channel promises all that its places hold. A rule keeps a part back."),
    "orders.cart": _("Baskets stand here from the first product on, until they are ordered or forgotten."),
    "orders.cancelreason": _("Reasons for which orders are cancelled, in two levels: customer, changed their mind."),
    "orders.return": _("Returns that shoppers or colleagues ask for stand here until the goods are received."),
    "orders.returnpolicy": _("Without terms of its own a channel takes goods back for 14 days from receipt."),
    "orders.riskrule": _("A rule gives points to orders that look odd: an amount, a postcode, a name, a network."),
    "orders.orderrisk": _("Nothing is suspect: what risk rules find at orders stands here."),
    "orders.dispute": _("Nothing is contested. A dispute is opened on the page of its order."),
    "orders.risktolerance": _("Say how many points of risk orders of a channel may have, and what happens above."),
    "orders.order": _("Orders of the shop, the stores and the agents will stand here."),
    "orders.refund": _("Money that went back to shoppers, and what is still to give back, will stand here."),
    "orders.payment": _("Payments of orders stand here: asked, received, refused, paid back."),
    "signage.screen": _("A screen in a store shows the products of a selection with price and stock of that store."),
    "stores.formeraddress": _("An old address leads to the page in its place. Renaming a page adds one by itself."),
    "tasks_mgmt.task": _("Nothing to do here: tasks come from colleagues, and from what goes wrong by itself."),
}


def words_for(label: str) -> str:
    """What the empty list of a model ("catalog.product") says; empty for one that nobody described."""
    return str(WORDS.get(label, ""))
