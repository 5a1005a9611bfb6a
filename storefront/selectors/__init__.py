"""What the shop's pages ask."""

from storefront.selectors.home import HomePage, home_page
from storefront.selectors.product import ProductPage, product_page
from storefront.selectors.shop import CART_COOKIE, COOKIE_AGE, STORE_COOKIE, Shop

__all__ = [
    "CART_COOKIE",
    "COOKIE_AGE",
    "STORE_COOKIE",
    "HomePage",
    "ProductPage",
    "Shop",
    "home_page",
    "product_page",
]
