"""Files as others write them, with sentences of our own."""

import io
import json
import zipfile

from openpyxl import Workbook

from assessments import interop
from assessments.definitions import Definition

STRUCTURES = "http://hl7.org/fhir/StructureDefinition/"
ORDINAL, WEIGHT = f"{STRUCTURES}ordinalValue", f"{STRUCTURES}itemWeight"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
OFTEN = [("never", "Not once"), ("some", "On some days"), ("most", "On most days")]


# -- FHIR ------------------------------------------------------------------------------------------


def extension(url, **value):
    return {"url": url, **value}


def weighed(weight, url=ORDINAL):
    return {"extension": [extension(url, valueDecimal=weight)]}


def coding(code, display, system="urn:ours", **rest):
    return {"system": system, "code": code, "display": display, **rest}


def answer(code, display, weight=None, **rest):
    option = {"valueCoding": coding(code, display), **rest}
    return option if weight is None else option | weighed(weight)


def often(weights=(0, 1, 2)):
    return [answer(code, words, w) for (code, words), w in zip(OFTEN, weights, strict=True)]


def choice(link, text, options=None, **rest):
    found = {"linkId": link, "type": "choice", "text": text, **rest}
    if "answerValueSet" not in rest:
        found["answerOption"] = often() if options is None else options
    return found


def group(link, text, *items, **rest):
    return {"linkId": link, "type": "group", "text": text, "item": list(items), **rest}


def loinc(code, display=""):
    return [{"system": "http://loinc.org", "code": code, "display": display}]


def questionnaire(*items, **rest):
    return {
        "resourceType": "Questionnaire",
        "status": "active",
        "language": "en",
        "title": "How the week went",
        "url": "https://forms.example/week",
        "item": list(items),
    } | rest


def two_questions(**rest):
    return questionnaire(
        choice("1", "I had time to sit down."), choice("2", "I slept when I was tired."), **rest
    )


def response(*items, **rest):
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": "https://forms.example/week|2",
        "item": list(items),
    } | rest


def answered(link, **value):
    return {"linkId": link, "answer": [value]}


def chose(link, code):
    return answered(link, valueCoding={"system": "urn:ours", "code": code})


def as_json(resource):
    return json.dumps(resource).encode()


def read(*resources, **options):
    names = ("week.json", "answers.json")
    sources = [
        interop.Source(name, each if isinstance(each, bytes) else as_json(each))
        for name, each in zip(names, resources, strict=False)
    ]
    return interop.read(sources, **options)


def read_file(name, data, **options):
    data = data.encode() if isinstance(data, str) else data
    return interop.read([interop.Source(name, data)], **options)


def refused(function, *arguments, **options):
    """The sentence with which it is refused."""
    try:
        function(*arguments, **options)
    except interop.Unreadable as error:
        return error.reason
    raise AssertionError("It was read.")


def notes(reading):
    return {(note.where, note.says) for note in reading.not_understood}


def says(reading, words):
    """Whether some sentence about what was not taken over holds these words."""
    return any(words in str(note) for note in reading.not_understood)


def by_name(reading):
    """Items by what the file calls them."""
    return {reading.names[item.id]: item for item in reading.items}


def labels(reading, item):
    return [(option.value, option.label) for option in reading.choices(item)]


# -- workbooks and archives ------------------------------------------------------------------------


def workbook(survey, choices=(), settings=None):
    """Rows are dictionaries; the columns are those that any row has."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings or ())):
        if not rows:
            continue
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(key for row in rows for key in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column) for column in columns])
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def zipped(files):
    """An archive of files by name."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return found.getvalue()


# -- a published instrument of nobody's ------------------------------------------------------------


def skeleton(n=3, *, slug="sat-3", reverse=(), extra=(), licence="SKELETON", loincs=True, **rest):
    items = [
        {
            "id": f"sat_{place}",
            "kind": "number",
            "minimum": 0,
            "maximum": 2,
            "loinc": f"{1000 + place}-1" if loincs else "",
        }
        for place in range(1, n + 1)
    ]
    return Definition(
        slug=slug,
        kind="screener",
        title=slug.upper(),
        summary="A few questions.",
        for_clinicians="Nobody's.",
        minutes=1,
        loinc="9999-9",
        thanks="Thank you.",
        items=[*items, *extra],
        scales=[
            {
                "code": slug.replace("-", "_"),
                "title": f"{slug.upper()} total",
                "construct": "Sitting down",
                "items": [item["id"] for item in items],
                "reverse": reverse,
                "method": "sum",
                "minimum": 0,
                "maximum": 2 * n,
                "higher_is": "better",
                "loinc": "9998-1",
            }
        ],
        provenance={
            "author": "Nobody",
            "validation": "published",
            "citations": ["Nobody 2020"],
            "licence": {
                "kind": licence,
                "holder": "Nobody",
                "text": "Ask.",
                "attribution": "© Nobody",
            },
        },
        **rest,
    )
