"""The range in words. Each line: French name | English name | price with tax | age | what varies | more facts."""

SEGMENTS = """
super-heros | | Super-héros | Superheroes | 300 | hero
marvel | super-heros | Marvel | Marvel | 900 | hero
galaxie | super-heros | Héros de l'espace | Space heroes | 100 | hero
construction | | Construction | Building sets | 300 | bricks
construction-ville | construction | Ville | City | 100 | bricks
construction-espace | construction | Espace et châteaux | Space and castles | 100 | bricks
jeux-de-societe | | Jeux de société | Board games | 300 | game
jeux-famille | jeux-de-societe | En famille | Family games | 100 | game
jeux-strategie | jeux-de-societe | Stratégie | Strategy | 100 | game
poupees | | Poupées | Dolls | 100 | doll
poupons | poupees | Poupons | Baby dolls | 100 | doll
maisons | poupees | Maisons et accessoires | Houses and accessories | 100 | doll
peluches | | Peluches | Soft toys | 100 | plush
vehicules | | Véhicules | Vehicles | 100 | car
circuits | vehicules | Circuits et trains | Tracks and trains | 100 | train
plein-air | | Plein air | Outdoor | 100 | ball
plein-air-sport | plein-air | Sport | Sport | 100 | ball
plein-air-roues | plein-air | À roulettes | On wheels | 100 | scooter
puzzles | | Puzzles | Puzzles | 100 | puzzle
loisirs-creatifs | | Loisirs créatifs | Arts and crafts | 100 | craft
eveil | | Éveil | Early years | 100 | rings
deguisements | | Déguisements | Dressing up | 100 | mask
livres | | Livres | Books | 100 | book
idees-cadeaux | | Idées cadeaux | Gift ideas | 300 | gift
"""

HEROES = """
Spider-Man | #d22730 | #1d4fa3 | web
Iron Man | #b3202c | #f2b632 | disc
Hulk | #4f9d3a | #5b3a8c | fist
Thor | #3b5d8f | #d9b44a | hammer
Captain America | #1f4e9b | #d3333d | star
Black Widow | #23262e | #c0392b | glass
Black Panther | #2a2740 | #8d7bd8 | claw
Captain Marvel | #c4302b | #f0c04a | star
"""

LINES = """
@ marvel | Figurines | Super-héros | Hasbro | hero | plastique | Marvel
Figurine Titan 30 cm Spider-Man | Titan figure 30 cm Spider-Man | 14.99 | 4 | | hero=Spider-Man
Figurine Titan 30 cm Iron Man | Titan figure 30 cm Iron Man | 14.99 | 4 | | hero=Iron Man
Figurine Titan 30 cm Hulk | Titan figure 30 cm Hulk | 16.99 | 4 | | hero=Hulk
Figurine Titan 30 cm Thor | Titan figure 30 cm Thor | 14.99 | 4 | | hero=Thor
Figurine Titan 30 cm Captain America | Titan figure 30 cm Captain America | 14.99 | 4 | | hero=Captain America
Coffret duel Spider-Man et Hulk | Duel set Spider-Man and Hulk | 29.99 | 4 | | hero=Spider-Man
Figurine articulée Spider-Man, gris nocturne | Articulated Spider-Man, night grey | 24.9 | 6 | | hero=Spider-Man
Figurine articulée Black Panther, édition or | Articulated Black Panther, gold edition | 27.9 | 6 | | hero=Black Panther
Quinjet des Avengers | Avengers Quinjet | 59.9 | 6 | | hero=Captain America
Tour des Avengers, base secrète | Avengers tower, secret base | 89.9 | 6 | | hero=Iron Man
Masque électronique Iron Man | Iron Man electronic mask | 39.9 | 6 | | hero=Iron Man
Bouclier de Captain America | Captain America shield | 19.9 | 5 | | hero=Captain America
Marteau lumineux de Thor | Light-up Thor hammer | 22.9 | 5 | | hero=Thor
Gants géants de Hulk | Giant Hulk hands | 24.9 | 5 | | hero=Hulk
Lance-toile de Spider-Man | Spider-Man web shooter | 17.9 | 5 | | hero=Spider-Man
Mini-figurines Avengers, lot de 10 | Avengers mini figures, set of 10 | 21.9 | 4 | | hero=Captain Marvel
@ galaxie | Figurines | Espace | Cosmora | hero | plastique | Galaxie Nova
Capitaine Nova | Captain Nova | 12.9 | 4 | colour |
Robot Zéphyr | Zephyr robot | 19.9 | 5 | colour |
Pilote Orion et son vaisseau | Pilot Orion and ship | 34.9 | 6 | |
Créature des anneaux | Ring creature | 9.9 | 4 | colour |
Commandante Lyra | Commander Lyra | 12.9 | 4 | |
Base lunaire à assembler | Moon base | 64.9 | 7 | |
@ construction-ville | Construction | Briques | Briklo | bricks | plastique |
Caserne de pompiers | Fire station | 54.9 | 6 | | pieces=412
Commissariat du port | Harbour police station | 49.9 | 6 | | pieces=386
Boulangerie du coin | Corner bakery | 29.9 | 6 | | pieces=214
Gare centrale | Central station | 79.9 | 8 | | pieces=702
Camion benne à construire | Buildable dump truck | 24.9 | 5 | colour | pieces=158
Hélicoptère de secours | Rescue helicopter | 22.9 | 6 | | pieces=143
Marché aux fleurs | Flower market | 34.9 | 7 | | pieces=268
École et sa cour | School and playground | 44.9 | 6 | | pieces=340
Boîte de 500 briques | Box of 500 bricks | 29.9 | 4 | colour | pieces=500
Plaque de base | Base plate | 8.9 | 4 | colour | pieces=1
Tram de la ville | City tram | 39.9 | 7 | | pieces=311
@ construction-espace | Construction | Briques | Briklo | bricks | plastique |
Fusée Étoile 9 | Star 9 rocket | 69.9 | 8 | | pieces=588
Rover martien | Mars rover | 32.9 | 7 | | pieces=246
Château fort du dragon | Dragon castle | 99.9 | 8 | | pieces=924
Navette d'exploration | Exploration shuttle | 45.9 | 7 | | pieces=371
Station orbitale | Orbital station | 84.9 | 9 | | pieces=766
Pont-levis et catapulte | Drawbridge and catapult | 27.9 | 6 | | pieces=199
Dragon articulé | Articulated dragon | 36.9 | 7 | colour | pieces=284
@ jeux-famille | Jeux | Société | Tric & Trac | game | carton |
Le Chemin des renards | The foxes' path | 24.9 | 6 | | players=2 à 4
Dés en folie | Crazy dice | 14.9 | 7 | | players=2 à 6
Mémoire des mers | Sea memory | 12.9 | 4 | | players=1 à 4
Pique-nique surprise | Surprise picnic | 19.9 | 5 | | players=2 à 4
La Course des tortues | The tortoise race | 22.9 | 5 | | players=2 à 5
Mimes en famille | Family mimes | 16.9 | 8 | | players=3 à 8
Petits chevaux d'antan | Classic horses game | 21.9 | 5 | | players=2 à 4
Le Grand Quiz des enfants | The big kids' quiz | 27.9 | 7 | | players=2 à 6
Jeu de 7 familles des métiers | Happy families: jobs | 8.9 | 5 | | players=2 à 6
Loto des animaux | Animal lotto | 13.9 | 3 | | players=1 à 6
Tour infernale en bois | Wooden wobbly tower | 17.9 | 6 | | players=1 à 8; material=bois
@ jeux-strategie | Jeux | Société | Tric & Trac | game | carton |
Cités perdues du désert | Lost desert cities | 39.9 | 10 | | players=2 à 4
L'Archipel | The archipelago | 44.9 | 10 | | players=2 à 5
Échecs de voyage | Travel chess | 19.9 | 7 | | players=2; material=bois
Échecs en bois, grand modèle | Wooden chess, large | 49.9 | 7 | | players=2; material=bois
Marchands de Venise | Merchants of Venice | 42.9 | 12 | | players=2 à 4
Royaume des brumes | Kingdom of mists | 54.9 | 12 | | players=1 à 4
Dames et jacquet | Draughts and backgammon | 29.9 | 7 | | players=2; material=bois
Enquête au manoir | Manor mystery | 34.9 | 10 | | players=3 à 6
@ poupons | Poupées | Poupons | Mirabelle | doll | tissu |
Poupon Lou | Baby doll Lou | 29.9 | 3 | colour |
Poupon Sami | Baby doll Sami | 29.9 | 3 | colour |
Poupée Camille | Camille doll | 24.9 | 3 | colour |
Poupée Inès danseuse | Ines the dancer | 27.9 | 4 | colour |
Poupée Noé marin | Noah the sailor | 24.9 | 4 | |
Poupée de chiffon Rosalie | Rosalie rag doll | 19.9 | 1 | colour |
Trois petites sœurs | Three little sisters | 39.9 | 4 | |
@ maisons | Poupées | Maisons | Mirabelle | doll | bois |
Maison de poupée en bois | Wooden doll's house | 119.9 | 3 | |
Landau de poupée | Doll's pram | 44.9 | 3 | colour |
Garde-robe, 12 tenues | Wardrobe, 12 outfits | 22.9 | 4 | | material=tissu
Cuisine de poupée | Doll's kitchen | 34.9 | 3 | |
Lit à bascule | Rocking bed | 26.9 | 3 | colour |
@ peluches | Peluches | Animaux | Doudou & Cie | plush | peluche |
Ours Basile | Basile the bear | 19.9 | 0 | size | shape=bear
Lapin Clochette | Bluebell the rabbit | 17.9 | 0 | size | shape=rabbit
Chat Moustache | Whiskers the cat | 16.9 | 0 | size | shape=cat
Renard Filou | Filou the fox | 18.9 | 0 | size | shape=cat
Éléphant Gaston | Gaston the elephant | 21.9 | 0 | size | shape=elephant
Panda Ming | Ming the panda | 22.9 | 0 | size | shape=bear
Souris Noisette | Hazelnut the mouse | 14.9 | 0 | colour | shape=mouse
Chien Patapouf | Patapouf the dog | 18.9 | 0 | size | shape=dog
Licorne Étincelle | Sparkle the unicorn | 24.9 | 0 | colour | shape=rabbit
Koala Eucalyptus | Eucalyptus the koala | 20.9 | 0 | size | shape=mouse
Doudou étoile | Star comforter | 12.9 | 0 | colour | shape=bear
Mouton Nuage | Cloud the sheep | 17.9 | 0 | colour | shape=dog
@ vehicules | Véhicules | Voitures | Rapido | car | métal |
Voiture de course Éclair | Lightning racing car | 9.9 | 3 | colour |
Berline de collection 1960 | Classic saloon 1960 | 14.9 | 6 | colour |
Camion de pompiers | Fire engine | 27.9 | 3 | |
Camion poubelle | Refuse lorry | 24.9 | 3 | |
Tracteur et remorque | Tractor and trailer | 22.9 | 3 | colour |
Grue de chantier | Building-site crane | 34.9 | 4 | |
Bus à impériale | Double-decker bus | 19.9 | 3 | colour |
Voiture radiocommandée Turbo | Turbo radio-controlled car | 49.9 | 8 | colour |
Ambulance | Ambulance | 16.9 | 3 | |
Moto de cross | Cross motorbike | 12.9 | 4 | colour |
Camping-car familial | Family camper van | 29.9 | 4 | colour |
Pelleteuse géante | Giant digger | 39.9 | 3 | |
@ circuits | Véhicules | Circuits | Rapido | train | bois |
Train en bois, 40 pièces | Wooden train, 40 pieces | 39.9 | 3 | | pieces=40
Locomotive à piles | Battery locomotive | 14.9 | 3 | colour |
Circuit du grand huit | Loop track | 54.9 | 6 | | pieces=62; material=plastique
Pont et viaduc | Bridge and viaduct | 19.9 | 3 | | pieces=12
Garage à trois étages | Three-storey garage | 49.9 | 3 | |
Gare et quai | Station and platform | 24.9 | 3 | | pieces=18
Wagons de marchandises | Freight wagons | 12.9 | 3 | colour |
@ plein-air-sport | Plein air | Sport | Grand Vent | ball | caoutchouc |
Ballon de football | Football | 14.9 | 5 | colour |
Ballon de plage | Beach ball | 4.9 | 3 | colour |
Raquettes de plage | Beach bats | 12.9 | 5 | colour | material=bois
Cerf-volant arc-en-ciel | Rainbow kite | 19.9 | 6 | | shape=kite; material=tissu
Cerf-volant dragon | Dragon kite | 29.9 | 8 | | shape=kite; material=tissu
Jeu de quilles de jardin | Garden skittles | 24.9 | 4 | | material=bois
Corde à sauter | Skipping rope | 7.9 | 5 | colour |
Frisbee souple | Soft frisbee | 6.9 | 4 | colour |
Panier de basket réglable | Adjustable basketball hoop | 69.9 | 6 | |
Boules de pétanque enfant | Children's petanque | 17.9 | 5 | | material=plastique
@ plein-air-roues | Plein air | Roues | Grand Vent | scooter | métal |
Trottinette pliante | Folding scooter | 59.9 | 5 | colour |
Trottinette trois roues | Three-wheel scooter | 49.9 | 3 | colour |
Draisienne en bois | Wooden balance bike | 64.9 | 2 | colour | material=bois
Rollers évolutifs | Growing roller skates | 54.9 | 6 | size |
Tricycle des champs | Field tricycle | 79.9 | 2 | colour |
Casque et protections | Helmet and pads | 29.9 | 4 | colour | material=plastique
@ puzzles | Puzzles | Carton | Mille Pièces | puzzle | carton |
Puzzle Forêt d'automne | Autumn forest puzzle | 9.9 | 6 | pieces |
Puzzle Carte du monde | World map puzzle | 11.9 | 7 | pieces |
Puzzle Château de la Loire | Loire castle puzzle | 12.9 | 8 | pieces |
Puzzle Fonds marins | Underwater puzzle | 9.9 | 6 | pieces |
Puzzle Système solaire | Solar system puzzle | 11.9 | 7 | pieces |
Puzzle Chatons au panier | Kittens in a basket puzzle | 8.9 | 5 | pieces |
Puzzle Marché de Provence | Provence market puzzle | 12.9 | 9 | pieces |
Puzzle Dinosaures | Dinosaur puzzle | 9.9 | 5 | pieces |
Puzzle Paris sous la pluie | Paris in the rain puzzle | 13.9 | 10 | pieces |
Encastrement La ferme | Farm peg puzzle | 10.9 | 1 | | pieces=9; material=bois
Encastrement Les chiffres | Number peg puzzle | 10.9 | 2 | | pieces=10; material=bois
@ loisirs-creatifs | Loisirs créatifs | Dessin | Pastelline | craft | papier |
Mallette de 68 crayons et feutres | Case of 68 pencils and pens | 24.9 | 4 | | pieces=68
Peinture aux doigts | Finger paints | 12.9 | 2 | | pieces=6
Pâte à modeler, 10 pots | Modelling dough, 10 pots | 14.9 | 2 | | pieces=10
Perles et bracelets | Beads and bracelets | 16.9 | 6 | colour | material=plastique
Atelier bougies | Candle workshop | 22.9 | 8 | |
Tricotin et laine | French knitting | 11.9 | 6 | colour | material=tissu
Origami facile | Easy origami | 9.9 | 6 | |
Mosaïques à coller | Sticker mosaics | 13.9 | 5 | |
Tour de potier | Potter's wheel | 39.9 | 8 | |
Tampons des animaux | Animal stamps | 12.9 | 3 | | material=bois
Cartes à gratter | Scratch cards | 8.9 | 5 | |
Chevalet double face | Double-sided easel | 44.9 | 3 | | material=bois
@ eveil | Éveil | Premier âge | Pimprenelle | rings | bois |
Anneaux à empiler | Stacking rings | 14.9 | 1 | colour |
Cubes des lettres | Letter cubes | 17.9 | 1 | | pieces=24
Hochet coccinelle | Ladybird rattle | 8.9 | 0 | colour |
Xylophone arc-en-ciel | Rainbow xylophone | 19.9 | 1 | |
Chariot de marche | Walking trolley | 54.9 | 1 | colour |
Tapis d'éveil Prairie | Meadow play mat | 44.9 | 0 | | material=tissu
Boîte à formes | Shape sorter | 18.9 | 1 | |
Mobile des étoiles | Star mobile | 29.9 | 0 | |
Livre en tissu | Cloth book | 12.9 | 0 | | material=tissu
Canard à tirer | Pull-along duck | 16.9 | 1 | colour |
@ deguisements | Déguisements | Costumes | Carnavalette | mask | tissu |
Costume de Spider-Man | Spider-Man costume | 34.9 | 4 | size | hero=Spider-Man; licence=Marvel
Costume de Captain America | Captain America costume | 34.9 | 4 | size | hero=Captain America; licence=Marvel
Costume de chevalier | Knight costume | 27.9 | 4 | size |
Costume de fée | Fairy costume | 27.9 | 3 | size |
Costume de pirate | Pirate costume | 26.9 | 4 | size |
Costume d'astronaute | Astronaut costume | 32.9 | 4 | size |
Masques du carnaval | Carnival masks | 9.9 | 3 | colour | material=carton
Cape réversible | Reversible cape | 17.9 | 3 | colour |
@ livres | Livres | Jeunesse | Éditions du Hibou | book | papier |
Les Super-héros expliqués aux petits | Superheroes explained to children | 12.9 | 5 | | vat=0.055; licence=Marvel
L'Imagier des saisons | Picture book of the seasons | 11.5 | 1 | | vat=0.055
Contes de la forêt bleue | Tales of the blue forest | 14.9 | 4 | | vat=0.055
Mon premier atlas | My first atlas | 16.9 | 6 | | vat=0.055
Le Grand Livre des dinosaures | The big book of dinosaurs | 17.5 | 6 | | vat=0.055
Cuisiner avec les enfants | Cooking with children | 15.9 | 7 | | vat=0.055
Cherche et trouve en ville | Search and find in town | 13.5 | 3 | | vat=0.055
Histoires du soir | Bedtime stories | 14.5 | 3 | | vat=0.055
"""

COLOURS = """
rouge | Rouge | Red | #d8434e
bleu | Bleu | Blue | #3f7fd0
vert | Vert | Green | #4fa66a
jaune | Jaune | Yellow | #eab63a
violet | Violet | Purple | #8a63c7
orange | Orange | Orange | #ee8640
rose | Rose | Pink | #e87fa8
turquoise | Turquoise | Turquoise | #35b0ab
"""

MATERIALS = """
plastique | Plastique | Plastic
bois | Bois | Wood
carton | Carton | Cardboard
tissu | Tissu | Fabric
peluche | Peluche | Plush
metal | Métal | Metal
caoutchouc | Caoutchouc | Rubber
papier | Papier | Paper
"""

DESCRIPTIONS = {
    "hero": (
        "Une figurine pour rejouer les grandes batailles ou les exposer sur une étagère. Articulée, solide, peinte avec soin.",
        "A figure to play great battles again, or to show on a shelf. Articulated, solid, carefully painted.",
    ),
    "bricks": (
        "Des briques précises qui tiennent, une notice pas à pas, et mille autres idées quand le modèle est fini.",
        "Precise bricks that hold, step-by-step instructions, and a thousand other ideas once the model is done.",
    ),
    "game": (
        "Des règles comprises en cinq minutes et des parties que l'on recommence aussitôt. Matériel épais et illustré.",
        "Rules understood in five minutes, and games that you start again at once. Thick, illustrated pieces.",
    ),
    "doll": (
        "Douce et expressive, elle se coiffe, s'habille et accompagne toutes les histoires. Vêtements lavables.",
        "Soft and expressive, made to be dressed and taken along into every story. Washable clothes.",
    ),
    "plush": (
        "Une peluche toute douce à serrer fort, lavable en machine à 30°, rassurante dès la naissance.",
        "A very soft toy to hug tightly, machine-washable at 30°, reassuring from birth.",
    ),
    "car": (
        "Roues libres, coins arrondis, détails fidèles : elle roule aussi bien sur le tapis que sur la terrasse.",
        "Free wheels, rounded corners, faithful details: it runs as well on the carpet as on the terrace.",
    ),
    "train": (
        "Des rails qui s'emboîtent facilement et se combinent avec tous les coffrets de la gamme.",
        "Rails that fit together easily and combine with every set of the range.",
    ),
    "ball": (
        "Pour courir, lancer, viser et rire dehors, du jardin à la plage. Résistant au soleil et à l'eau.",
        "For running, throwing, aiming and laughing outside, from garden to beach. Resists sun and water.",
    ),
    "scooter": (
        "Stable, réglable en hauteur, avec des poignées antidérapantes : il grandit avec l'enfant.",
        "Stable, adjustable in height, with non-slip handles: it grows with the child.",
    ),
    "puzzle": (
        "Des pièces épaisses à la découpe nette, une image lumineuse, et un poster en format réel dans la boîte.",
        "Thick pieces, cut cleanly, a bright picture, and a full-size poster in the box.",
    ),
    "craft": (
        "Tout est dans la boîte pour commencer tout de suite, avec des idées illustrées et des couleurs vives.",
        "Everything is in the box to start at once, with illustrated ideas and vivid colours.",
    ),
    "rings": (
        "Des formes simples à saisir, empiler et faire tinter. Peintures à l'eau, sans bords coupants.",
        "Simple shapes to grasp, stack and ring. Water-based paints, no sharp edges.",
    ),
    "mask": (
        "Un costume confortable qui s'enfile en un clin d'œil, avec ses accessoires. Lavable à la main.",
        "A comfortable costume that slips on in a wink, with its accessories. Hand-washable.",
    ),
    "book": (
        "Un bel album relié, imprimé sur papier épais, à lire ensemble ou à feuilleter seul.",
        "A beautiful bound book, printed on thick paper, to read together or leaf through alone.",
    ),
}

STORES = """
PARIS | Jouets Étoile Paris Rivoli | 75001 | 112 rue de Rivoli | Paris | 01 42 00 00 01 | 48.8592 | 2.3445 | Île-de-France
LYON | Jouets Étoile Lyon Bellecour | 69002 | 8 place Bellecour | Lyon | 04 72 00 00 02 | 45.7578 | 4.8320 | Sud-Est
LILLE | Jouets Étoile Lille Grand'Place | 59800 | 3 place du Général-de-Gaulle | Lille | 03 20 00 00 03 | 50.6365 | 3.0635 | Nord
BORDEAUX | Jouets Étoile Bordeaux Intendance | 33000 | 21 cours de l'Intendance | Bordeaux | 05 56 00 00 04 | 44.8423 | -0.5770 | Sud-Ouest
NANTES | Jouets Étoile Nantes Crébillon | 44000 | 14 rue Crébillon | Nantes | 02 40 00 00 05 | 47.2133 | -1.5600 | Ouest
MARSEILLE | Jouets Étoile Marseille Prado | 13008 | 250 avenue du Prado | Marseille | 04 91 00 00 06 | 43.2720 | 5.3910 | Sud-Est
"""
