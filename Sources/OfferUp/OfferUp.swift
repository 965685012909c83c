// OfferUp
