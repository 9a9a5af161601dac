"""The demo's five occasions: each policy once, a list kept for a child, several currencies, and gifts in every state."""

from __future__ import annotations

from wishlist_project.demo.story import ChipIn, Occasion, Reserve, Wish

BIRTHDAY = Occasion(
    "Alice turns 34",
    owner="Alice",
    days=23,
    description="Tea, trees and a bit of noise. Come hungry: there will be far too much cake.",
    policy="surprise",
    let_in={"Bob": "viewer", "Grandma Rose": "viewer", "Grandpa Walter": "viewer", "Fatima": "viewer"},
    suggested=(
        ("Bob", "A weekend at the lake", "All of us together, in May? I would organise it."),
        ("Aunt Sofia", "A pottery class", ""),
    ),
    wishes=(
        Wish(
            "Green teapot for four",
            "teapot",
            "49.90",
            description="The stoneware one. Any green will do.",
            given=(Reserve("Aunt Sofia", bought=True, message="Wrapped already!"),),
        ),
        Wish(
            "A field guide to mushrooms", "mushroom-guide", "28.00", description="The one with the drawings."
        ),
        Wish(
            "Hiking boots, size 39",
            "boots",
            "189.00",
            description="A big one: chip in together if you like.",
            given=(ChipIn("Grandma Rose", "60.00", paid=True), ChipIn("Grandpa Walter", "40.00")),
        ),
        Wish(
            "Headphones for the train",
            "headphones",
            "129.00",
            given=(Reserve("Bob", message="I know which."),),
        ),
        Wish(
            "A day at the climbing wall",
            "climbing",
            "18.50",
            quantity=3,
            description="One ticket each, and you come along.",
            given=(Reserve("Fatima"),),
        ),
        Wish("A monstera, as large as fits the tram", "plant", "35.00", mark="received"),
        Wish(
            "Good coffee",
            "coffee",
            "9.80",
            quantity=None,
            description="There can never be enough of it.",
            given=(Reserve("Jonas from work", units=2),),
        ),
    ),
)

WEDDING = Occasion(
    "Dana & Eli are getting married",
    owner="Dana",
    days=128,
    description="Our registry. We see what is taken and by whom, so that we can thank you properly.",
    policy="open",
    is_public=True,
    let_in={"Eli": "editor", "Alice": "viewer", "Bob": "viewer", "Fatima": "viewer"},
    wishes=(
        Wish(
            "Cast-iron pot, five litres",
            "pot",
            "265.00",
            currency="CHF",
            given=(Reserve("Fatima", bought=True),),
        ),
        Wish(
            "Dinner plates",
            "plates",
            "22.00",
            currency="CHF",
            quantity=8,
            given=(Reserve("Alice", units=3), Reserve("The Meiers", units=2, bought=True)),
        ),
        Wish("Bed linen, 240 × 220", "linen", "140.00", currency="CHF"),
        Wish(
            "A week of sailing",
            "sailing",
            "2400.00",
            currency="CHF",
            description="Our honeymoon. Every mile helps.",
            given=(
                ChipIn("Bob", "150.00"),
                ChipIn("Alice", "100.00", paid=True),
                ChipIn("Uncle Theo", "80.00"),
            ),
        ),
        Wish("Picnic basket", "basket", "95.00", currency="CHF"),
    ),
)

BABY = Occasion(
    "Priya's baby shower",
    owner="Priya",
    days=61,
    description="We only see what is still missing, never who gives it.",
    policy="status",
    let_in={"Alice": "viewer", "Fatima": "editor", "Grace": "viewer"},
    wishes=(
        Wish(
            "Pram",
            "pram",
            "540.00",
            currency="GBP",
            given=(ChipIn("Grace", "75.00"), ChipIn("The whole office", "180.00", paid=True)),
        ),
        Wish(
            "Sleepsuits, 0 to 3 months",
            "sleepsuit",
            "12.50",
            currency="GBP",
            quantity=6,
            given=(Reserve("Alice", units=2),),
        ),
        Wish("A night light", "night-light", "31.00", currency="GBP"),
        Wish(
            "A rabbit with long ears",
            "rabbit",
            "18.00",
            currency="GBP",
            given=(Reserve("Fatima", bought=True),),
        ),
    ),
)

CHRISTMAS = Occasion(
    "Bob's Christmas",
    owner="Bob",
    days=34,
    description="Nothing needed. But since you ask ...",
    policy="surprise",
    names_shown=False,
    let_in={"Alice": "viewer", "Charlie": "viewer"},
    wishes=(
        Wish("A record player that still works", "record-player", "180.00", currency="USD"),
        Wish(
            "Woollen socks, the thick ones",
            "socks",
            "24.00",
            currency="USD",
            quantity=2,
            given=(Reserve("Alice"),),
        ),
        Wish("A chess set for the road", "chess", "39.00", currency="USD", given=(Reserve("Charlie"),)),
    ),
)

CHILD = Occasion(
    "Mia turns six",
    owner="Grace",
    days=40,
    description="Kept by her mum, who may see and give everything. Mia has no account and no idea.",
    policy="surprise",
    for_someone_else=True,
    let_in={"Alice": "editor", "Grandma Rose": "viewer", "Bob": "viewer"},
    wishes=(
        Wish(
            "A bicycle with a basket",
            "bicycle",
            "229.00",
            description="18 inches. Red or yellow.",
            given=(ChipIn("Grandma Rose", "100.00"),),
        ),
        Wish("Wax crayons, many", "crayons", "11.90", given=(Reserve("Grace", bought=True),)),
        Wish("A kite", "kite", "3200", currency="JPY", description="The shop in Osaka ships it."),
        Wish(
            "A dinosaur. A big one!",
            "dinosaur",
            "34.90",
            given=(Reserve("Mia's godfather", message="Roar."),),
        ),
    ),
)

OCCASIONS = (BIRTHDAY, WEDDING, BABY, CHRISTMAS, CHILD)
