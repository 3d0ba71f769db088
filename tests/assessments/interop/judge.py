"""What is wrong with a bundle that fhir.resources lets through: it takes any string for a code."""

# Required bindings of R4 that fhir.resources takes any string for.
REQUIRED = {
    ("Bundle", "type"): {"collection"},
    ("Questionnaire", "status"): {"draft", "active", "retired", "unknown"},
    ("QuestionnaireResponse", "status"): {"completed"},
    ("Observation", "status"): {"final"},
}
ITEM_TYPES = {"group", "display", "choice", "integer", "date", "time", "string", "text"}
ABSENT = {"not-applicable", "asked-declined", "masked"}
CONTROLS = {"slider", "help", "lower", "upper"}
SHAPES = {"choice": "valueCoding", "integer": "valueInteger", "date": "valueDate"} | {
    "time": "valueTime",
    "string": "valueString",
    "text": "valueString",
}


def resources_of(found: dict, kind: str) -> list[dict]:
    inside = (entry["resource"] for entry in found["entry"])
    return [each for each in inside if each["resourceType"] == kind]


def every_node(node):
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from every_node(each)


def faults(found: dict) -> list[str]:
    """What is wrong with a bundle that its classes let through."""
    wrong = [
        f"{kind}.{name} is {each[name]}"
        for (kind, name), allowed in REQUIRED.items()
        for each in [found, *resources_of(found, kind)]
        if each["resourceType"] == kind and each[name] not in allowed
    ]
    there = {entry["fullUrl"] for entry in found["entry"]}
    if len(there) < len(found["entry"]):
        wrong.append("two entries of one name")
    for node in every_node(found):
        if "reference" in node and node["reference"] not in there:
            wrong.append(f"{node['reference']} leads nowhere")
        if node.get("url", "").endswith("data-absent-reason") and node["valueCode"] not in ABSENT:
            wrong.append(f"absent for {node['valueCode']}")
        if any(value in ("", [], {}) for value in node.values()):
            wrong.append(f"something empty in {node}")
    asked = {
        f"{each['url']}|{each['version']}": each for each in resources_of(found, "Questionnaire")
    }
    for questionnaire in asked.values():
        wrong += _faults_of_items(questionnaire)
    for response in resources_of(found, "QuestionnaireResponse"):
        wrong += _faults_of_answers(response, asked[response["questionnaire"]])
    return wrong


def items_of(node):
    for item in node.get("item", ()):
        yield item
        yield from items_of(item)


def _faults_of_items(questionnaire):
    links = [item["linkId"] for item in items_of(questionnaire)]
    wrong = [f"{link} twice" for link in links if links.count(link) > 1]
    for item in items_of(questionnaire):
        if item["type"] not in ITEM_TYPES:
            wrong.append(f"{item['linkId']} is a {item['type']}")
        if (item["type"] == "choice") != bool(item.get("answerOption")):
            wrong.append(f"{item['linkId']} has no answers")
        if (item["type"] == "group") and not item.get("item"):
            wrong.append(f"{item['linkId']} is an empty group")
        wrong += [
            f"{item['linkId']} hangs on {test['question']}"
            for test in item.get("enableWhen", ())
            if test["question"] not in links or test["operator"] not in ("=", ">=", "<=")
        ]
    return wrong


def _faults_of_answers(response, questionnaire):
    asked, wrong = {item["linkId"]: item for item in items_of(questionnaire)}, []
    for item in items_of(response):
        of = asked.get(item["linkId"])
        if of is None:
            wrong.append(f"{item['linkId']} was not asked")
            continue
        if len(item.get("answer", ())) > 1 and not of.get("repeats"):
            wrong.append(f"{item['linkId']} has several answers")
        offered = [
            (o["valueCoding"]["system"], o["valueCoding"]["code"])
            for o in of.get("answerOption", ())
        ]
        for answer in item.get("answer", ()):
            [(shape, value)] = answer.items()
            if shape != SHAPES[of["type"]]:
                wrong.append(f"{item['linkId']} is answered by {shape}")
            elif offered and (value["system"], value["code"]) not in offered:
                wrong.append(f"{item['linkId']} does not offer {value['code']}")
    return wrong
