"""SARIF, JUnit and GitHub annotations."""

import json
from xml.etree import ElementTree

from autocoder.diagnostics import Diagnostic, Note, Severity, Span, github, junit, sarif

PLACE = Span(file="a folder/b.yaml", line=3, column=5, end_line=3, end_column=9)
ERROR = Diagnostic(
    code="AC9002",
    message="100% <wrong>\x00 & more",
    span=PLACE,
    subject="tool",
    rule="a rule",
    help="a step",
    notes=(Note(message="elsewhere", span=Span(file="c", line=1, column=1)), Note(message="no place")),
)
WARNING = Diagnostic(code="AC9001", message="careful", severity=Severity.WARNING)


def test_sarif_gives_every_result_its_rule_its_place_and_a_lasting_identity():
    (run,) = json.loads(sarif.render([ERROR, WARNING], version="1.2.3", default_file="index"))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["AC9001", "AC9002"]
    first, second = run["results"]
    assert (first["ruleIndex"], first["level"], second["level"]) == (1, "error", "warning")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20folder/b.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}
    assert first["relatedLocations"][0]["message"]["text"] == "elsewhere"
    assert second["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    moved = Diagnostic(**{**vars(ERROR), "span": Span(file="a folder/b.yaml", line=9, column=1)})
    (again,) = json.loads(sarif.render([moved], version="1.2.3"))["runs"]
    assert again["results"][0]["partialFingerprints"] == first["partialFingerprints"]


def test_sarif_invents_no_place():
    (run,) = json.loads(sarif.render([WARNING], version="1"))["runs"]
    assert "locations" not in run["results"][0]


def test_junit_counts_cases_by_group_and_survives_control_characters():
    cases = [
        junit.Case(name="one", group="g", diagnostics=(ERROR, WARNING)),
        junit.Case(name="other", group="h", skipped="not now"),
        junit.Case(name="two", group="g", output="talk\x1b"),
    ]
    root = ElementTree.fromstring(junit.render(cases))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("3", "1", "1")
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [("g", "2"), ("h", "1")]
    failure = root.find(".//failure")
    assert (failure.get("type"), failure.get("message")) == ("AC9002", "AC9002 100% <wrong>\\x00 & more")
    assert "careful" in root.find(".//testcase[@name='one']/system-out").text
    assert root.find(".//skipped").get("message") == "not now"


def test_a_case_with_warnings_alone_passes():
    root = ElementTree.fromstring(junit.render([junit.Case(name="one", group="g", diagnostics=(WARNING,))]))
    assert root.find(".//failure") is None


def test_github_lines_are_escaped_and_stand_below_the_repository():
    line, warning = github.render([ERROR, WARNING], prefix="sub/").split("\n")
    assert line == (
        "::error file=sub/a folder/b.yaml,line=3,col=5,endLine=3,endColumn=9,title=AC9002 a tool is missing"
        "::100%25 <wrong>\x00 & more%0Aelsewhere%0Ano place%0Aa step"
    )
    assert warning == "::warning title=AC9001 a defect in autocoder::careful"


def test_github_commas_and_colons_in_names_do_not_start_another_property():
    odd = Diagnostic(code="AC9002", message="m", span=Span(file="a,b:c", line=1, column=1))
    assert github.render([odd]).startswith("::error file=a%2Cb%3Ac,line=1,")
