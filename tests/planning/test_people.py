"""People who sign in are accounts, by whatever names the text calls them."""

from __future__ import annotations

from autocoder.blueprint.model import Notify
from tests.planning.test_plan import compiles, planned

CLAIMS = (
    "A policyholder has a name and an e-mail address. A claim has a title and a policyholder. "
    "Policyholders and adjusters sign in with e-mail and password. Policyholders submit claims. "
    "A claim is submitted, approved or rejected. Adjusters approve submitted claims. "
    "When a claim is approved, the policyholder gets an e-mail with the title."
)


def test_several_kinds_of_people_share_the_accounts() -> None:
    found = planned(CLAIMS)
    assert set(found.architecture.entities) == {"User", "Claim"}
    user = found.architecture.entities["User"]
    assert user.fields["role"].values == ("policyholder", "adjuster")
    assert set(user.fields) == {"email", "password", "name", "role"}
    compiles(found)


def test_whoever_makes_a_row_is_who_it_names() -> None:
    claim = planned(CLAIMS).architecture.entities["Claim"]
    assert "policyholder" not in claim.fields
    assert claim.fields["owner"].to == "User"


def test_mail_for_whoever_made_a_row_goes_to_them_alone() -> None:
    effects = planned(CLAIMS).architecture.operations["approve_claim"].effects
    (mail,) = (e for e in effects if isinstance(e, Notify))
    assert (mail.to, mail.each) == ("owner.email", None)


def test_somebody_else_whom_a_row_names_is_chosen() -> None:
    told = "Clerks and drivers sign in with e-mail and password. A tour has a day and a driver. Clerks add tours."
    found = planned(told)
    driver = found.architecture.entities["Tour"].fields["driver"]
    assert (driver.type, driver.to) == ("ref", "User")
    assert "driver" in found.architecture.operations["create_tour"].input
    compiles(found)


def test_people_whom_others_add_are_rows_of_their_own() -> None:
    told = "Employees and managers sign in with e-mail and password. An employee has a name and a salary. "
    found = planned(told + "Managers add and list employees.")
    assert "salary" in found.architecture.entities["Employee"].fields
    assert "salary" not in found.architecture.entities["User"].fields
