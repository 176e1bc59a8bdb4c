import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from makmal.cli import app
from shared.refusals import Invalid, Refused, Unknown
from tests.makmal.conftest import KeptHouse
from tests.makmal.verify.small_edition import CHAIR, DIGITAL, ENTRIES, INNOVATIONS, JURORS, person, played
from tests.makmal.verify.test_violations import a_winner_not_of_the_highest_rank


def ran(kept: KeptHouse, *words: str) -> Result:
    result = CliRunner().invoke(app, [*words, "--data", str(kept.data)])
    if isinstance(result.exception, Exception):
        raise result.exception
    return result


def test_the_whole_proof_of_a_log_and_its_results(kept: KeptHouse) -> None:
    kept.holds(played().entries)
    kept.signs()
    result = ran(kept, "audit", "verify")
    assert result.exit_code == 0
    bytes, rules, results, proven, *_ = result.stdout.splitlines()
    assert bytes.startswith("Bytes   168 events without a gap, the first 168 exactly as makmal/makmal signed them")
    assert rules.startswith("Rules   ") and "decisions taken anew" in rules
    assert results == "Result  2 announced results follow from 16 scoresheets" and proven.startswith("Proven in")
    found = json.loads(ran(kept, "audit", "verify", "--json").stdout)
    assert found["proven"] and found["passes"] == {name: {"made": True, "findings": 0} for name in ("bytes", "rules", "result")}
    assert [winner["entry"] for winner in found["results"][0]["winners"]] == [ENTRIES["opd-02"], ENTRIES["opd-01"]]


def test_a_forged_decision_that_the_notary_has_signed_is_told_in_one_sentence(kept: KeptHouse) -> None:
    story = played("close of judging")
    position = a_winner_not_of_the_highest_rank(story)
    kept.holds(story.entries)
    kept.signs()
    result = ran(kept, "audit", "verify")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].startswith(f"The event at position {position} (WinnersDecided) is not what the rules")
    found = json.loads(ran(kept, "audit", "verify", "--json").stdout)
    assert (found["found_at"], found["passes"]["bytes"]["findings"], found["passes"]["rules"]["findings"]) == (position, 0, 1)
    assert ran(kept, "audit", "verify", "--bytes").exit_code == 0


@pytest.fixture
def announced(kept: KeptHouse) -> KeptHouse:
    kept.holds(played().entries)
    return kept


@pytest.mark.parametrize("winner", [ENTRIES["opd-02"], INNOVATIONS["opd-02"], "Inovasi opd-02", "inovasi opd-02"])
def test_a_winner_is_explained_however_he_is_named(announced: KeptHouse, winner: str) -> None:
    told = ran(announced, "audit", "explain", winner, "--english").stdout
    assert told.splitlines()[0].startswith("Inovasi opd-02: place 1 in Digital, with a score of 87.00  #")
    assert "Juror 1: 88.00 − 0.84 = 87.16  #" in told and "novelty: 90.00 points × weight 60 of 100  #" in told
    indonesian = ran(announced, "audit", "explain", winner).stdout
    assert indonesian.splitlines()[0].startswith("Inovasi opd-02: juara 1 pada Digital, dengan nilai 87,00")


def test_all_winners_of_a_category_as_json(announced: KeptHouse) -> None:
    for name in ("digital", DIGITAL):
        lines = json.loads(ran(announced, "audit", "explain", name, "--json").stdout)
        assert [line["en"].partition(":")[0] for line in lines] == ["Inovasi opd-02", "Inovasi opd-01"]
        assert all(len(line["positions"]) == 3 and line["parts"] for line in lines)


def test_what_is_meant_must_be_one_thing_that_was_judged(announced: KeptHouse) -> None:
    with pytest.raises(Invalid, match="may be one of these; name one: Inovasi opd-01"):
        ran(announced, "audit", "explain", "inovasi")
    with pytest.raises(Unknown, match="nothing that was judged is called Bazar"):
        ran(announced, "audit", "explain", "Bazar")
    with pytest.raises(Unknown, match="no result of ward is announced"):
        ran(announced, "audit", "explain", "inovasi", "--category", "ward")


def test_nothing_is_explained_before_it_is_announced(kept: KeptHouse) -> None:
    kept.holds(played("second look").entries)
    with pytest.raises(Refused, match="no result is announced yet"):
        ran(kept, "audit", "explain", "digital")


def asked(announced: KeptHouse, file: Path, text: str) -> list[dict[str, object]]:
    file.write_text(text)
    replayed = json.loads(ran(announced, "log", "replay", "--category", "digital", "--what-if", str(file), "--json").stdout)
    assert list(replayed["rankings"]) == [f"category/{DIGITAL}"]
    changed: list[dict[str, object]] = replayed["what_if"][f"category/{DIGITAL}"]
    return changed


def test_what_if_the_weights_were_others(announced: KeptHouse, tmp_path: Path) -> None:
    """opd-03 got 60 for novelty and 75 for benefit, opd-01 80 and 70: by benefit alone they change places."""
    changed = asked(announced, tmp_path / "ask.toml", "[weights.digital]\nbenefit = 100\n")
    assert [(one["name"], one["place"], one["would_be"]) for one in changed] == [
        ("Inovasi opd-02", 1, 1),
        ("Inovasi opd-01", 2, 3),
        ("Inovasi opd-03", 3, 2),
    ]
    told = ran(announced, "log", "replay", "--what-if", str(tmp_path / "ask.toml")).stdout
    assert "What if: place, would be, score, would be" in told
    assert [line.split()[:3] for line in told.splitlines() if "→" in line] == [["2", "→", "3"], ["3", "→", "2"]]
    assert "What if: every place stays" in told, "the other category keeps its weights"


def test_what_if_by_the_plain_mean_or_without_a_juror(announced: KeptHouse, tmp_path: Path) -> None:
    by_mean = asked(announced, tmp_path / "ask.toml", 'aggregation = "mean"\n')
    assert [one["would_score"] for one in by_mean] == ["87.00", "75.00", "65.50"]
    without = asked(announced, tmp_path / "ask.toml", f'without_jurors = ["{JURORS[2]}"]\n')
    assert [one["would_score"] for one in without] == ["87.50", "75.50", "65.50"]
    shrunk = asked(announced, tmp_path / "ask.toml", 'shrinkage = "0"\n')
    assert shrunk[2]["score"] == "65.09" and shrunk[2]["would_score"] == "65.00"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[weights.digital]\nbenefit = 90\n", "they add up to 90"),
        ("[weights.digital]\nbeauty = 100\n", "there is no criterion beauty; there are novelty, benefit"),
        ('aggregation = "median"\n', "Invalid enum value 'median'"),
        ('shrinkage = "much"\n', "write a fraction like 4/9"),
        ("winner = 1\n", "unknown field `winner`"),
    ],
)
def test_what_cannot_be_asked_is_told(announced: KeptHouse, tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        asked(announced, tmp_path / "ask.toml", text)


def test_what_was_owed_at_a_moment(announced: KeptHouse) -> None:
    """This edition sets no duties; that nothing is owed is told as well."""
    replayed = json.loads(ran(announced, "log", "replay", "--until", "60", "--json").stdout)
    assert replayed["obligations"] == {} and replayed["rankings"] == {}
    assert person(CHAIR).startswith("person/")
