"""What people of the stories do again and again."""

import time

from playwright.sync_api import Error


def wait_until(question, seconds=90):
    """Ask until the answer is true; returns it."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.5)
    return answer


def sign_in(page, platform, role):
    """Come into Office as one of the demonstration's people."""
    email, password = platform.login(role)
    page.context.clear_cookies()
    page.goto(f"{platform.url}/office/login/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)


def text_of(page, url):
    """All words of a page. The page that is left may reload itself just then: it is left all the same."""
    wait_until(lambda: _went(page, url))
    return page.locator("body").inner_text()


def _went(page, url):
    try:
        page.goto(url)
    except Error as interrupted:
        if "interrupted by another navigation" not in str(interrupted):
            raise
        return False
    return True
