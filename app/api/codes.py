"""Which resources the API offers, and the scopes a key may be given."""

from app.core.labels import CodeList
from app.security.roles import ROLES, WITHOUT_ACCOUNT, RoleName

_READ_ONLY = (
    ("notification", "発生届", "Notifications"),
    ("case_access", "関係機関", "Institutions of a case"),
    ("institution", "機関", "Institutions"),
    ("disease", "対象疾病", "Diseases"),
)
_WRITABLE = (
    ("case", "患者情報", "Cases"),
    ("person", "本人情報", "Identity"),
    ("lab_test", "検査記録", "Tests"),
    ("stay", "入院・療養先", "Places of care"),
    ("treatment", "医療行為", "Treatments"),
    ("activity", "行動歴", "Activities"),
    ("contact", "接触者", "Contacts"),
    ("exposure", "接触状況", "Exposures"),
    ("observation", "健康観察", "Observations"),
)
WRITABLE = frozenset(name for name, _ja, _en in _WRITABLE)

_WRITE_ONLY = (("returnee_list", "検疫所の名簿", "Lists of returnees"),)
"""Sent, never read back: what a list became is the answer to the call."""

SCOPES = CodeList(
    "api_scope",
    *(
        (f"{name}:{kind}", f"{ja} {kind_ja}", f"{en}: {kind}")
        for name, ja, en in (*_WRITABLE, *_READ_ONLY)
        for kind, kind_ja in (("read", "参照"), ("write", "登録・変更"))
        if kind == "read" or name in WRITABLE
    ),
    *((f"{name}:write", f"{ja} 送信", f"{en}: write") for name, ja, en in _WRITE_ONLY),
)

KEY_ROLES = CodeList(
    "api_key_role",
    *(
        (name.value, role.label.ja, role.label.en)
        for name, role in ROLES.items()
        if name not in {*WITHOUT_ACCOUNT, RoleName.ID_ADMINISTRATOR}
    ),
)
"""Roles a program may act in; issuing accounts and keys stays with people."""
