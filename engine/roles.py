"""Reads roles.yaml: how each role in a rule's address (承办人, 上级单位 …) is found when a ticket needs it."""

from __future__ import annotations

from dataclasses import dataclass

from engine import expect
from engine.expect import Scope
from engine.nodes import Fields, Node

# How a role is found -> the fields that say where.
FIND: dict[str, tuple[str, ...]] = {
    "holder": (),  # the person who has the ticket
    "unit": (),  # the receiving post of the unit that has it
    "superior": (),  # of the unit above it: its post of that role where it has one, else its receiving post
    "reviewer": (),  # whose turn it is to review the reply
    "over_reviewer": (),  # the superior of whoever's turn that is, found as `superior` is
    "post": ("role", "in"),  # a post of that role in the ticket's section or unit
    "category": (),  # the category's own section
    "area_post": ("level", "role"),  # a post of that role for the ticket's village or grid
    "service": ("role",),  # the company that serves the ticket's area
}
# What may be written besides; `else` is the role that answers where this one finds nobody.
ALSO: dict[str, tuple[str, ...]] = {"superior": ("role",), "over_reviewer": ("role",)}
INSIDE = ("section", "unit")


@dataclass(frozen=True)
class Role:
    """One role. `post` is the role name posts carry, `inside` section or unit, `level` an area level such as 村居.

    `otherwise` is the role that answers where this one finds nobody, e.g. 属地网格长 where no grid is known.
    """

    name: str
    find: str
    post: str = ""
    inside: str = ""
    level: str = ""
    grassroots: bool = False
    otherwise: str = ""


def load_roles(node: Node, scope: Scope) -> dict[str, Role]:
    """Roles by name; one that is wrong is reported and left out."""
    if not isinstance(node, Fields):
        scope.wrong(node, "roles.yaml 应当是映射（角色: 找法）", "roles.yaml must be a mapping (role: how it is found)")
        return {}
    roles: dict[str, Role] = {}
    for name, declared in node.fields.items():
        here = scope.within(name)
        role = _role(name, declared, here)
        if "/" in name:
            here.error(node.line_of(name), "角色名不能含「/」", "a role's name has no slash")
        elif role is not None:
            roles[name] = role
    for role in roles.values():
        _check_otherwise(role, roles, node, scope.within(role.name))
    return roles


def _check_otherwise(role: Role, roles: dict[str, Role], node: Fields, scope: Scope) -> None:
    """`else` names another role of the file, and following it comes to an end."""
    seen, here = [role.name], role
    while here.otherwise:
        if here.otherwise not in roles:
            scope.unknown(node.line_of(role.name), "角色", "role", here.otherwise, roles)
            return
        if here.otherwise in seen:
            scope.error(node.line_of(role.name), f"else 绕成了圈：{'→'.join([*seen, here.otherwise])}", f"else goes round: {'→'.join([*seen, here.otherwise])}")
            return
        here = roles[here.otherwise]
        seen.append(here.name)


def _role(name: str, node: Node, scope: Scope) -> Role | None:
    box = expect.fields(node, scope, ("find", "role", "in", "level", "grassroots", "else"), "角色", "a role", needed=("find",))
    if box is None or "find" not in box.fields:
        return None
    find = expect.one_of(box.fields["find"], scope, tuple(FIND), "找法（find）", "way in find:")
    if find is None:
        return None
    for key in FIND[find]:
        if key not in box.fields:
            scope.error(box, f"find: {find} 还需要写「{key}」", f"find: {find} needs {key}")
    for key in ("role", "in", "level"):
        if key in box.fields and key not in FIND[find] + ALSO.get(find, ()):
            scope.error(box.line_of(key), f"find: {find} 不用「{key}」", f"find: {find} takes no {key}")
    post = expect.text(box.fields["role"], scope, "role", "role") if "role" in box.fields else ""
    inside = expect.one_of(box.fields["in"], scope, INSIDE, "in 的值", "value of in:") if "in" in box.fields else ""
    level = expect.text(box.fields["level"], scope, "level", "level") if "level" in box.fields else ""
    grassroots = expect.yes_no(box.fields["grassroots"], scope, "grassroots", "grassroots") if "grassroots" in box.fields else False
    otherwise = expect.text(box.fields["else"], scope, "else", "else") if "else" in box.fields else ""
    return Role(name, find, post or "", inside or "", level or "", bool(grassroots), otherwise or "")
