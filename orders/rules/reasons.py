# ruff: noqa: E501
"""The reasons of cancellation that a house starts with."""

# heading or code below it, French, English, what the shopper reads (French, English), for shoppers, by itself
REASONS = (
    ("commercial", "Service commercial", "Commercial service", "", "", False, False),
    ("commercial/out_of_stock", "Article introuvable", "Article not found", "un article n’est plus disponible", "an article cannot be had any more", False, False),
    ("commercial/damaged", "Article abîmé", "Article damaged", "un article est abîmé", "an article is damaged", False, False),
    ("commercial/price_error", "Erreur de prix", "Wrong price", "le prix affiché était une erreur", "the price shown was a mistake", False, False),
    ("commercial/never_collected", "Jamais retirée", "Never collected", "elle n’a pas été retirée à temps", "it was not collected in time", False, False),
    ("commercial/no_carrier", "Livraison impossible", "Cannot be delivered", "nous ne pouvons pas livrer à cette adresse", "we cannot deliver to this address", False, False),
    ("customer", "Client", "Customer", "", "", False, False),
    ("customer/changed_mind", "A changé d’avis", "Changed their mind", "vous avez changé d’avis", "you changed your mind", True, False),
    ("customer/by_mistake", "Commandé par erreur", "Ordered by mistake", "commandée par erreur", "ordered by mistake", True, False),
    ("customer/too_late", "Délai trop long", "Takes too long", "le délai est trop long", "it takes too long", True, False),
    ("customer/cheaper", "Moins cher ailleurs", "Cheaper elsewhere", "trouvée moins cher ailleurs", "found cheaper elsewhere", True, False),
    ("customer/other", "Autre raison", "Another reason", "à votre demande", "at your request", True, False),
    ("fraud", "Fraude", "Fraud", "", "", False, False),
    ("fraud/payment", "Paiement suspect", "Suspect payment", "nous n’avons pas pu l’accepter", "we could not accept it", False, False),
    ("fraud/identity", "Identité suspecte", "Suspect identity", "nous n’avons pas pu l’accepter", "we could not accept it", False, False),
    ("fraud/reseller", "Revendeur", "Reseller", "nous n’avons pas pu l’accepter", "we could not accept it", False, False),
    ("system", "Par le système", "By the system", "", "", False, True),
    ("system/unpaid", "Non payée à temps", "Not paid in time", "elle n’a pas été payée à temps", "it was not paid in time", False, True),
    ("system/risk", "Trop de risque", "Too much risk", "nous n’avons pas pu l’accepter", "we could not accept it", False, True),
    ("system/nothing_had", "Rien n’a pu être préparé", "Nothing could be prepared", "rien n’a pu être préparé", "nothing of it could be prepared", False, True),
)  # fmt: skip
