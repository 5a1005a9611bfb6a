"""Reading pages as a browser does: what a form would send."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.inside, self.values = form_id, False, {}
        self.select = self.option = self.textarea = None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.inside = a.get("id") == self.form_id
        if not self.inside or "disabled" in a:
            return
        name = a.get("name")
        if tag == "input" and name and a.get("type") not in {"submit", "button", "file"}:
            if a.get("type") not in {"checkbox", "radio"} or "checked" in a:
                self.values.setdefault(name, []).append(
                    a.get("value", "on" if a.get("type") in {"checkbox", "radio"} else "")
                )
        elif tag == "select" and name:
            self.select, self.first = name, "multiple" not in a
            self.values.setdefault(name, [])
        elif tag == "option" and self.select and ("selected" in a):
            self.values[self.select].append(a.get("value", ""))
        elif tag == "textarea" and name:
            self.textarea = name
            self.values[name] = [""]

    def handle_data(self, data):
        if self.textarea:
            self.values[self.textarea][0] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.textarea:
            self.values[self.textarea][0] = self.values[self.textarea][0].removeprefix("\n")
            self.textarea = None


def form_values(html, form_id):
    """Name → values that the form with this id would send; buttons apart."""
    reader = _Form(form_id)
    reader.feed(html)
    return {name: values for name, values in reader.values.items() if "__prefix__" not in name}
