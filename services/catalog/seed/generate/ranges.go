package main

// The text of the demonstration range. One kind of product is a line; each of its variants becomes one product, and some
// become a second one of another brand. A name shows its variant at the `*`. A variant may add allergens after a `+`.

type category struct {
	slug   string
	brands []string
	hints  []string
	kinds  []kind
}

type kind struct {
	name      string
	packs     []string
	storage   string
	days      int
	cents     int
	allergens string
	about     string
	variants  []string
}

var categories = []category{
	{
		slug:   "fruit",
		brands: []string{"Orchard Row", "Sunny Bank", "Larder Basics", "Field & Hedge", "Valle Clara"},
		hints:  []string{"Picked when ready.", "Tastes best at room temperature.", "Keep in a cool place.", "Packed within two days."},
		kinds: []kind{
			{"* Apples", []string{"1 kg", "750 g"}, "ambient", 21, 249, "", "Crisp apples, graded by hand.", []string{"Gala", "Elstar", "Boskoop", "Granny Smith", "Pink Blush"}},
			{"* Pears", []string{"1 kg"}, "ambient", 14, 279, "", "Juicy pears that ripen in the bowl.", []string{"Conference", "Williams", "Abate"}},
			{"* Bananas", []string{"5 pieces"}, "ambient", 6, 169, "", "Yellow bananas from one plantation.", []string{"Organic", "Fairly Traded", "Small"}},
			{"* Oranges", []string{"1500 g"}, "ambient", 18, 299, "", "Oranges with unwaxed peel.", []string{"Navel", "Blood", "Juicing"}},
			{"* Grapes", []string{"500 g"}, "chilled", 8, 259, "", "Firm table grapes on the stalk.", []string{"Green Seedless", "Red Seedless", "Black Muscat"}},
			{"*", []string{"250 g", "200 g"}, "chilled", 4, 299, "", "Soft berries, picked when ripe.", []string{"Strawberries", "Raspberries", "Blueberries", "Blackberries", "Redcurrants", "Gooseberries"}},
			{"*", []string{"1 piece"}, "ambient", 9, 229, "", "Whole fruit, ready to cut.", []string{"Galia Melon", "Watermelon", "Pineapple", "Mango", "Papaya", "Pomegranate"}},
			{"*", []string{"500 g"}, "ambient", 20, 189, "", "Bright citrus for juice and zest.", []string{"Lemons", "Limes", "Clementines", "Pink Grapefruit", "Kumquats"}},
			{"*", []string{"600 g"}, "chilled", 7, 289, "", "Stone fruit from sunny slopes.", []string{"Yellow Peaches", "White Nectarines", "Apricots", "Red Plums", "Sweet Cherries"}},
			{"Prepared *", []string{"300 g"}, "chilled", 3, 349, "", "Peeled, cut and ready to eat with a fork.", []string{"Mango Cubes", "Melon Medley", "Fruit Salad", "Pineapple Sticks"}},
		},
	},
	{
		slug:   "vegetables",
		brands: []string{"Field & Hedge", "Green Furrow", "Larder Basics", "Polder Farm"},
		hints:  []string{"Rinse before use.", "Keeps longest in the vegetable drawer.", "Grown without a heated greenhouse.", "Sorted by hand."},
		kinds: []kind{
			{"* Potatoes", []string{"2500 g", "2 kg"}, "ambient", 28, 299, "", "Potatoes washed and sorted by size.", []string{"Waxy", "Floury", "Red-Skinned", "New Season", "Baking"}},
			{"* Tomatoes", []string{"400 g", "500 g"}, "ambient", 8, 239, "", "Tomatoes ripened on the plant.", []string{"Vine", "Cherry", "Plum", "Beef", "Yellow Snack"}},
			{"* Onions", []string{"1 kg"}, "ambient", 35, 139, "", "Dry-skinned onions that store well.", []string{"Brown", "Red", "White", "Sweet"}},
			{"* Peppers", []string{"3 pieces"}, "chilled", 10, 219, "", "Thick-walled sweet peppers.", []string{"Red", "Green", "Mixed", "Pointed"}},
			{"* Lettuce", []string{"1 piece"}, "chilled", 5, 129, "", "A crunchy head, cut this morning.", []string{"Romaine", "Iceberg", "Oak Leaf", "Butterhead"}},
			{"*", []string{"150 g", "200 g"}, "chilled", 5, 179, "", "Washed leaves, ready for the bowl.", []string{"Rocket", "Baby Spinach", "Lamb's Lettuce", "Watercress", "Mixed Herb Salad"}},
			{"* Mushrooms", []string{"250 g"}, "chilled", 6, 199, "", "Cultivated mushrooms with a firm bite.", []string{"Chestnut", "White Button", "Portobello", "Oyster", "Shiitake"}},
			{"*", []string{"1 piece"}, "chilled", 12, 149, "", "A whole head from the field.", []string{"Broccoli", "Cauliflower", "Pointed Cabbage", "Red Cabbage", "Savoy Cabbage", "Celeriac", "Fennel"}},
			{"*", []string{"400 g"}, "chilled", 14, 159, "", "Roots with a clean, sweet taste.", []string{"Carrots", "Parsnips", "Beetroot", "Radishes", "Turnips"}},
			{"Fresh *", []string{"1 piece"}, "ambient", 7, 189, "", "A living herb for the windowsill.", []string{"Basil", "Flat Parsley", "Coriander", "Mint", "Thyme", "Chives"}},
			{"*", []string{"300 g"}, "chilled", 9, 189, "", "Slim and tender, quick to cook.", []string{"Green Beans", "Courgettes", "Aubergines", "Asparagus Tips", "Sugar Snap Peas"}},
		},
	},
	{
		slug:   "dairy",
		brands: []string{"Hillside", "Northmere", "Larder Basics", "Clover Lane", "Alpenquell"},
		hints:  []string{"Please return the packaging.", "Once open, use within three days.", "From producers we have visited.", "A kitchen standby."},
		kinds: []kind{
			{"* Milk", []string{"1 l"}, "chilled", 9, 129, "milk", "Fresh milk in a returnable bottle.", []string{"Whole", "Semi-Skimmed", "Skimmed", "Lactose-Free", "Goat's"}},
			{"* Yoghurt", []string{"500 g"}, "chilled", 21, 189, "milk", "Thick set yoghurt with live cultures.", []string{"Natural", "Greek-Style", "Strawberry", "Vanilla", "Blueberry", "Sheep's Milk", "Coconut-Flavoured"}},
			{"* Butter", []string{"250 g"}, "chilled", 45, 279, "milk", "Churned slowly from sweet cream.", []string{"Salted", "Unsalted", "Cultured", "Sea Salt", "Garlic"}},
			{"* Cheddar", []string{"200 g", "350 g"}, "chilled", 60, 349, "milk", "Cheddar that has had time to ripen.", []string{"Mild", "Mature", "Vintage", "Smoked"}},
			{"*", []string{"200 g"}, "chilled", 30, 399, "milk", "Cheese cut from the wheel.", []string{"Gouda", "Emmental", "Gruyère", "Manchego", "Comté", "Tilsiter"}},
			{"*", []string{"150 g", "180 g"}, "chilled", 24, 319, "milk", "Soft cheese in its own paper.", []string{"Brie", "Camembert", "Blue Cheese", "Goat's Cheese Log", "Taleggio"}},
			{"*", []string{"200 g", "250 g"}, "chilled", 18, 199, "milk", "Fresh cheese for bread and kitchen.", []string{"Cottage Cheese", "Cream Cheese", "Ricotta", "Mascarpone", "Quark", "Herb Soft Cheese"}},
			{"*", []string{"125 g", "200 g"}, "chilled", 20, 229, "milk", "Cheese in brine, drained before use.", []string{"Mozzarella", "Buffalo Mozzarella", "Feta-Style Cheese", "Halloumi"}},
			{"* Cream", []string{"300 ml"}, "chilled", 14, 169, "milk", "Cream for sauces and puddings.", []string{"Single", "Double", "Whipping", "Sour", "Clotted"}},
			{"* Eggs", []string{"10 pieces", "6 pieces"}, "ambient", 26, 319, "eggs", "Eggs from hens with an outdoor run.", []string{"Free-Range", "Organic", "Pasture", "Brown Country"}},
			{"* Drink", []string{"1 l"}, "ambient", 180, 219, "", "A plant drink that foams well.", []string{"Oat+gluten", "Almond+tree-nuts", "Soya+soya", "Coconut", "Hazelnut+tree-nuts"}},
		},
	},
	{
		slug:   "bakery",
		brands: []string{"Old Oven", "Miller's Gate", "Larder Basics", "Crumb & Crust"},
		hints:  []string{"Baked overnight.", "Freezes well.", "Store in a paper bag.", "A favourite of our bakers."},
		kinds: []kind{
			{"* Loaf", []string{"750 g", "500 g"}, "ambient", 4, 299, "gluten", "A loaf with a long-fermented dough.", []string{"Wholemeal", "White Sourdough", "Rye", "Spelt", "Five-Seed+sesame", "Walnut+tree-nuts", "Potato"}},
			{"* Rolls", []string{"6 pieces"}, "ambient", 3, 219, "gluten", "Rolls with a thin crust.", []string{"Poppy Seed", "Sesame+sesame", "Milk+milk", "Pumpkin Seed", "Ciabatta"}},
			{"* Bagels", []string{"5 pieces"}, "ambient", 6, 229, "gluten", "Boiled first, then baked.", []string{"Plain", "Everything+sesame", "Cinnamon Raisin", "Onion"}},
			{"* Croissants", []string{"4 pieces"}, "ambient", 3, 299, "gluten,milk,eggs", "Many layers of butter dough.", []string{"Butter", "Almond+tree-nuts", "Chocolate+soya", "Ham and Cheese"}},
			{"* Flatbread", []string{"320 g"}, "ambient", 7, 199, "gluten", "Soft bread for folding and dipping.", []string{"Garlic Naan+milk", "Plain Pitta", "Wholemeal Pitta", "Lavash", "Coriander Naan+milk"}},
			{"* Tortillas", []string{"8 pieces"}, "ambient", 30, 219, "", "Wraps that stay supple when warm.", []string{"Wheat+gluten", "Corn", "Wholegrain+gluten", "Spinach+gluten"}},
			{"* Muffins", []string{"4 pieces"}, "ambient", 5, 349, "gluten,milk,eggs", "Moist muffins with a domed top.", []string{"Blueberry", "Double Chocolate+soya", "Lemon Poppy Seed", "Carrot+tree-nuts"}},
			{"* Cake", []string{"450 g", "400 g"}, "ambient", 8, 499, "gluten,milk,eggs", "A cake for six around the table.", []string{"Lemon Drizzle", "Marble", "Coffee Walnut+tree-nuts", "Apple Crumble", "Cherry Almond+tree-nuts"}},
			{"* Tart", []string{"380 g"}, "chilled", 4, 549, "gluten,milk,eggs", "A butter case with a smooth filling.", []string{"Lemon", "Pear Frangipane+tree-nuts", "Custard", "Chocolate Ganache+soya"}},
			{"* Crispbread", []string{"250 g"}, "ambient", 150, 189, "gluten", "Thin, dry and loud.", []string{"Rye", "Oat", "Sesame+sesame", "Sea Salt"}},
		},
	},
	{
		slug:   "meat",
		brands: []string{"Meadow Butcher", "Larder Basics", "Three Oaks", "Heath Farm"},
		hints:  []string{"Cook until piping hot throughout.", "Keep below 4 °C.", "From farms we visit.", "Let it rest before serving."},
		kinds: []kind{
			{"Chicken *", []string{"500 g", "400 g"}, "chilled", 5, 599, "", "Chicken raised with room to move.", []string{"Breast Fillets", "Thighs", "Drumsticks", "Mini Fillets", "Wings", "Mince"}},
			{"Beef *", []string{"500 g", "400 g"}, "chilled", 6, 849, "", "Beef hung for three weeks.", []string{"Mince", "Sirloin Steak", "Rump Steak", "Stewing Cubes", "Brisket", "Stir-Fry Strips"}},
			{"Pork *", []string{"600 g"}, "chilled", 6, 579, "", "Pork with a little marbling.", []string{"Loin Chops", "Tenderloin", "Belly Slices", "Shoulder Joint", "Schnitzel"}},
			{"Lamb *", []string{"450 g"}, "chilled", 6, 999, "", "Hill lamb, mild and tender.", []string{"Chops", "Leg Steaks", "Mince", "Shanks"}},
			{"Turkey *", []string{"450 g"}, "chilled", 5, 629, "", "Lean turkey, neatly trimmed.", []string{"Breast Steaks", "Mince", "Escalopes", "Diced Thigh"}},
			{"* Sausages", []string{"400 g"}, "chilled", 8, 429, "gluten,sulphites", "Coarse sausages in natural casings.", []string{"Pork and Apple", "Cumberland-Style", "Chipolata", "Merguez-Style", "Bratwurst+milk"}},
			{"* Burgers", []string{"4 pieces"}, "chilled", 6, 549, "", "Thick burgers that hold together.", []string{"Beef", "Lamb and Mint", "Turkey", "Beef and Bone Marrow"}},
			{"* Bacon", []string{"200 g"}, "chilled", 20, 329, "", "Dry-cured for five days.", []string{"Smoked Streaky", "Unsmoked Back", "Maple", "Smoked Lardon"}},
			{"Duck *", []string{"350 g"}, "chilled", 7, 949, "", "Duck with skin that crisps.", []string{"Breast", "Legs", "Confit Legs"}},
			{"Whole *", []string{"1600 g"}, "chilled", 5, 1149, "", "A bird for the Sunday oven.", []string{"Chicken", "Corn-Fed Chicken", "Guinea Fowl", "Poussin"}},
			{"Venison *", []string{"400 g"}, "chilled", 7, 1099, "", "Wild venison with a deep taste.", []string{"Steaks", "Goulash Cubes", "Burgers"}},
		},
	},
	{
		slug:   "fish",
		brands: []string{"Harbour Nine", "Grey Gull", "Larder Basics", "Fjordline"},
		hints:  []string{"Goes with lemon.", "From small boats.", "Traceable to the harbour.", "Good with a green salad."},
		kinds: []kind{
			{"* Fillets", []string{"300 g", "250 g"}, "chilled", 4, 749, "fish", "Fillets cut and pin-boned by hand.", []string{"Cod", "Haddock", "Plaice", "Sea Bass", "Sea Bream", "Trout", "Hake"}},
			{"Salmon *", []string{"250 g"}, "chilled", 5, 829, "fish", "Salmon with a clean, firm flake.", []string{"Fillets", "Side Portion", "Teriyaki Skewers+soya", "Tail Pieces"}},
			{"Smoked *", []string{"150 g", "120 g"}, "chilled", 18, 599, "fish", "Smoked over beech for a day and a night.", []string{"Salmon", "Mackerel", "Trout", "Haddock", "Eel"}},
			{"* Prawns", []string{"180 g", "200 g"}, "chilled", 6, 649, "crustaceans", "Prawns with a clean snap.", []string{"Cooked King", "Raw Tiger", "Cold-Water", "Garlic and Chilli"}},
			{"*", []string{"1 kg"}, "chilled", 4, 599, "molluscs", "Live shellfish; shells should close when tapped.", []string{"Rope Mussels", "Clams", "Cockles"}},
			{"*", []string{"200 g"}, "chilled", 5, 899, "molluscs", "Tender when cooked briefly.", []string{"Scallops", "Squid Rings", "Baby Octopus"}},
			{"Whole *", []string{"400 g"}, "chilled", 4, 699, "fish", "Gutted and scaled, head on.", []string{"Sea Bream", "Rainbow Trout", "Mackerel", "Herring"}},
			{"* Fishcakes", []string{"2 pieces"}, "chilled", 6, 399, "fish,gluten,milk", "Flaked fish and potato in a light crumb.", []string{"Salmon and Dill", "Cod and Parsley", "Smoked Haddock", "Thai-Style+crustaceans"}},
			{"* Herring", []string{"275 g"}, "chilled", 40, 349, "fish", "Herring in a sweet and sour marinade.", []string{"Mustard+mustard", "Dill", "Onion", "Juniper"}},
			{"Tinned *", []string{"120 g", "125 g"}, "ambient", 1095, 229, "fish", "Packed by hand, ready for toast.", []string{"Tuna in Olive Oil", "Tuna in Brine", "Sardines in Tomato", "Mackerel Fillets", "Anchovies", "Wild Salmon"}},
			{"* Crab", []string{"100 g"}, "chilled", 5, 699, "crustaceans", "Hand-picked crab meat.", []string{"White", "Dressed", "Brown"}},
		},
	},
	{
		slug:   "deli",
		brands: []string{"Casa Torre", "Larder Kitchen", "Market Street", "Olive & Stone"},
		hints:  []string{"Serve at room temperature.", "Good on a sharing board.", "Once open, use within two days.", "Made in small batches."},
		kinds: []kind{
			{"* Houmous", []string{"200 g"}, "chilled", 12, 219, "sesame", "Chickpeas and tahini, whipped smooth.", []string{"Classic", "Red Pepper", "Lemon and Coriander", "Beetroot", "Roasted Garlic"}},
			{"* Olives", []string{"180 g", "150 g"}, "chilled", 25, 279, "", "Whole olives with a gentle marinade.", []string{"Green Chilli", "Kalamata", "Lemon", "Garlic-Stuffed", "Nocellara"}},
			{"* Ham", []string{"120 g", "100 g"}, "chilled", 16, 299, "", "Ham sliced thin off the bone.", []string{"Honey Roast", "Smoked", "Cooked Country", "Air-Dried", "Pepper-Crusted"}},
			{"* Salami", []string{"90 g"}, "chilled", 35, 279, "milk", "Slow-ripened salami in thin slices.", []string{"Milano-Style", "Fennel", "Pepper", "Spicy Calabrian-Style"}},
			{"Fresh *", []string{"250 g"}, "chilled", 14, 329, "gluten,eggs", "Pasta that cooks in three minutes.", []string{"Tagliatelle", "Spinach Ricotta Ravioli+milk", "Mushroom Tortellini+milk", "Gnocchi", "Beef Cappelletti+milk"}},
			{"* Pesto", []string{"130 g"}, "chilled", 28, 279, "milk,tree-nuts", "Ground cold, so that the herbs stay green.", []string{"Basil", "Red", "Rocket", "Wild Garlic"}},
			{"* Soup", []string{"600 ml"}, "chilled", 10, 329, "celery", "A soup for two, cooked this week.", []string{"Tomato Basil", "Lentil", "Butternut", "Leek and Potato+milk", "Minestrone+gluten", "Pea and Mint"}},
			{"* Quiche", []string{"400 g"}, "chilled", 7, 399, "gluten,milk,eggs", "Short pastry with a soft filling.", []string{"Lorraine-Style", "Spinach", "Salmon Leek+fish", "Goat's Cheese"}},
			{"* Salad Bowl", []string{"320 g", "280 g"}, "chilled", 4, 449, "", "A whole lunch with its dressing.", []string{"Chicken Caesar+milk,eggs,fish,gluten", "Greek+milk", "Quinoa and Bean", "Falafel+sesame", "Tuna Niçoise+fish,eggs"}},
			{"* Ready Meal", []string{"400 g", "380 g"}, "chilled", 6, 499, "", "Seven minutes from fridge to fork.", []string{"Chickpea Curry", "Beef Lasagne+gluten,milk", "Chicken Tikka+milk", "Vegetable Moussaka+milk", "Pad Thai+peanuts,soya,eggs"}},
			{"* Tofu", []string{"280 g"}, "chilled", 40, 249, "soya", "Pressed tofu that browns well.", []string{"Firm", "Smoked", "Silken", "Herb-Marinated"}},
		},
	},
	{
		slug:   "frozen",
		brands: []string{"Polar Pantry", "Larder Basics", "Northwind", "Snowdrop"},
		hints:  []string{"Keep at -18 °C.", "Do not refreeze once thawed.", "Close the pack well.", "Ready when the shops are shut."},
		kinds: []kind{
			{"Frozen *", []string{"750 g", "600 g"}, "frozen", 540, 219, "", "Blanched and frozen on the day of harvest.", []string{"Garden Peas", "Leaf Spinach", "Sweetcorn", "Broad Beans", "Broccoli Florets", "Mixed Vegetables", "Edamame+soya"}},
			{"Frozen *", []string{"400 g", "350 g"}, "frozen", 540, 329, "", "Loose fruit, easy to portion.", []string{"Raspberries", "Mixed Berries", "Mango Chunks", "Sour Cherries", "Blueberries"}},
			{"* Chips", []string{"1 kg", "750 g"}, "frozen", 480, 289, "", "Cut thick or thin, crisp from the oven.", []string{"Straight-Cut", "Crinkle", "Sweet Potato", "Skin-On Wedge", "Shoestring"}},
			{"* Pizza", []string{"380 g", "410 g"}, "frozen", 300, 399, "gluten,milk", "Stone-baked base with a risen rim.", []string{"Margherita", "Salami", "Four Cheese", "Spinach", "Vegetable", "Tuna and Onion+fish"}},
			{"* Ice Cream", []string{"500 ml"}, "frozen", 540, 549, "milk,eggs", "Churned slowly, so that it scoops well.", []string{"Vanilla", "Chocolate", "Pistachio+tree-nuts", "Strawberry", "Salted Caramel", "Mint Chip+soya", "Coffee"}},
			{"* Sorbet", []string{"500 ml"}, "frozen", 540, 449, "", "Fruit, water, sugar, nothing else.", []string{"Lemon", "Raspberry", "Mango", "Blackcurrant"}},
			{"* Ice Lollies", []string{"6 pieces"}, "frozen", 540, 349, "", "A cool stick for hot days.", []string{"Orange", "Strawberry Yoghurt+milk", "Tropical", "Chocolate Almond+milk,tree-nuts"}},
			{"* Fish Fingers", []string{"300 g"}, "frozen", 420, 379, "fish,gluten", "Whole fillet in a golden crumb.", []string{"Cod", "Haddock", "Pollock", "Wholegrain Salmon"}},
			{"Frozen *", []string{"500 g"}, "frozen", 365, 649, "", "Portions frozen one by one.", []string{"Chicken Breasts", "King Prawns+crustaceans", "Beef Meatballs+gluten", "Salmon Portions+fish", "Squid Tubes+molluscs"}},
			{"Frozen *", []string{"450 g"}, "frozen", 365, 349, "gluten", "Straight from the freezer to the pan or oven.", []string{"Vegetable Dumplings+soya", "Spring Rolls+soya", "Butter Puff Pastry+milk", "Filo Pastry", "Bread Rolls", "Waffles+milk,eggs"}},
			{"Frozen *", []string{"400 g"}, "frozen", 365, 429, "", "A full meal kept for a busy evening.", []string{"Vegetable Paella", "Spinach Cannelloni+gluten,milk", "Thai Green Curry+fish", "Shepherd's Pie+milk,celery"}},
		},
	},
	{
		slug:   "pantry",
		brands: []string{"Casa Torre", "Larder Basics", "Stone Mill", "Sol y Tierra", "Green Furrow"},
		hints:  []string{"Store dry and away from light.", "A standby for quick suppers.", "Close tightly after use.", "No added colours."},
		kinds: []kind{
			{"*", []string{"500 g"}, "ambient", 900, 149, "gluten", "Durum wheat pasta drawn through bronze.", []string{"Spaghetti", "Penne", "Fusilli", "Farfalle", "Linguine", "Wholewheat Rigatoni", "Lasagne Sheets", "Orzo"}},
			{"* Rice", []string{"1 kg", "500 g"}, "ambient", 720, 279, "", "Rice sorted for even grains.", []string{"Basmati", "Jasmine", "Arborio", "Brown Long-Grain", "Sushi", "Wild Blend"}},
			{"*", []string{"500 g"}, "ambient", 720, 219, "", "Dry pulses and grains, cleaned twice.", []string{"Red Lentils", "Green Lentils", "Chickpeas", "Quinoa", "Pearl Barley+gluten", "Couscous+gluten", "Bulgur+gluten", "Black Turtle Beans"}},
			{"Tinned *", []string{"400 g"}, "ambient", 1095, 99, "", "Cooked in the tin, with little salt.", []string{"Chopped Tomatoes", "Plum Tomatoes", "Kidney Beans", "Cannellini Beans", "Sweetcorn Kernels", "Coconut Milk", "Baked Beans"}},
			{"* Oil", []string{"500 ml", "750 ml"}, "ambient", 540, 599, "", "Oil for cooking and finishing.", []string{"Extra Virgin Olive", "Rapeseed", "Sunflower", "Toasted Sesame+sesame", "Avocado", "Walnut+tree-nuts"}},
			{"* Vinegar", []string{"250 ml", "500 ml"}, "ambient", 1095, 249, "sulphites", "Rounded acidity for dressings.", []string{"Balsamic", "White Wine", "Apple Cider", "Sherry", "Rice"}},
			{"* Flour", []string{"1 kg"}, "ambient", 270, 159, "gluten", "Milled slowly for a cool grind.", []string{"Plain Wheat", "Strong Bread", "Wholemeal", "Rye", "Spelt", "Self-Raising"}},
			{"* Sugar", []string{"500 g", "1 kg"}, "ambient", 1460, 179, "", "Sweetness in the grain you need.", []string{"Caster", "Demerara", "Icing", "Dark Muscovado", "Preserving"}},
			{"Ground *", []string{"40 g", "45 g"}, "ambient", 900, 219, "", "Spice ground in small lots.", []string{"Cumin", "Smoked Paprika", "Turmeric", "Cinnamon", "Black Pepper", "Ginger", "Coriander Seed"}},
			{"* Sauce", []string{"340 g", "350 g"}, "ambient", 540, 269, "", "A sauce that only needs warming.", []string{"Tomato and Basil", "Arrabbiata", "Korma+milk,tree-nuts", "Black Bean+soya,gluten", "Tikka Masala+milk", "Sweet and Sour"}},
			{"*", []string{"300 ml", "250 ml"}, "ambient", 540, 239, "", "For the table and the pan.", []string{"Tomato Ketchup", "Mayonnaise+eggs,mustard", "Dijon Mustard+mustard,sulphites", "Soy Sauce+soya,gluten", "Hot Chilli Sauce", "Tahini+sesame", "Fish Sauce+fish"}},
		},
	},
	{
		slug:   "breakfast",
		brands: []string{"Early Bird", "Stone Mill", "Larder Basics", "Hive & Bramble"},
		hints:  []string{"Good with yoghurt and fruit.", "Reseal after opening.", "To start the day.", "Part of a slow morning."},
		kinds: []kind{
			{"* Muesli", []string{"600 g", "500 g"}, "ambient", 270, 349, "gluten", "Grains and fruit, not sweetened.", []string{"Swiss-Style+milk,tree-nuts", "Tropical Fruit+sulphites", "Nut and Seed+tree-nuts", "Apple Cinnamon", "Cocoa"}},
			{"* Granola", []string{"450 g", "400 g"}, "ambient", 240, 429, "gluten", "Baked in clusters until golden.", []string{"Honey Almond+tree-nuts", "Berry", "Dark Chocolate+milk,soya", "Maple Pecan+tree-nuts", "Coconut"}},
			{"* Oats", []string{"1 kg"}, "ambient", 365, 189, "gluten", "Rolled oats for porridge and baking.", []string{"Jumbo", "Fine", "Steel-Cut", "Organic Rolled"}},
			{"*", []string{"500 g", "375 g"}, "ambient", 300, 299, "gluten", "A crunchy cereal with vitamins.", []string{"Corn Flakes", "Wheat Biscuits", "Bran Flakes", "Malted Squares", "Honey Hoops", "Chocolate Pillows+milk,tree-nuts"}},
			{"* Honey", []string{"340 g"}, "ambient", 730, 549, "", "Honey from one kind of bloom.", []string{"Acacia", "Heather", "Wildflower", "Lime Blossom", "Chestnut"}},
			{"* Jam", []string{"340 g", "300 g"}, "ambient", 540, 299, "", "Cooked in open pans with plenty of fruit.", []string{"Strawberry", "Apricot", "Raspberry", "Blackcurrant", "Damson", "Rhubarb Ginger"}},
			{"* Marmalade", []string{"340 g"}, "ambient", 720, 319, "", "Peel cut by hand, set softly.", []string{"Seville Orange", "Lemon Shred", "Thick-Cut Dark", "Lime"}},
			{"* Butter Spread", []string{"280 g", "300 g"}, "ambient", 365, 399, "", "Roasted and ground until it runs.", []string{"Smooth Peanut+peanuts", "Crunchy Peanut+peanuts", "Almond+tree-nuts", "Cashew+tree-nuts", "Hazelnut Cocoa+tree-nuts,milk"}},
			{"* Syrup", []string{"250 ml"}, "ambient", 900, 529, "", "For pancakes and porridge.", []string{"Maple", "Agave", "Golden", "Date"}},
			{"* Pancake Mix", []string{"400 g"}, "ambient", 300, 279, "gluten", "Add milk, whisk, fry.", []string{"Buttermilk+milk", "Buckwheat", "Banana", "Protein+milk,soya"}},
		},
	},
	{
		slug:   "snacks",
		brands: []string{"Tiny Feast", "Larder Basics", "Kettle Yard", "Corner & Co"},
		hints:  []string{"For sharing.", "Keep dry.", "May travel in a lunch box.", "A little goes a long way."},
		kinds: []kind{
			{"* Crisps", []string{"150 g", "130 g"}, "ambient", 120, 229, "", "Potato slices cooked in small kettles.", []string{"Sea Salt", "Salt and Vinegar", "Cheese and Onion+milk", "Paprika", "Sour Cream+milk", "Black Pepper"}},
			{"* Tortilla Chips", []string{"200 g"}, "ambient", 150, 219, "", "Corn chips made for dipping.", []string{"Lightly Salted", "Blue Corn", "Chilli", "Nacho Cheese+milk"}},
			{"* Popcorn", []string{"90 g", "80 g"}, "ambient", 150, 199, "", "Popped without palm oil.", []string{"Sweet", "Salted", "Toffee+milk", "White Cheddar+milk"}},
			{"Roasted *", []string{"150 g", "200 g"}, "ambient", 240, 349, "", "Roasted in small drums.", []string{"Almonds+tree-nuts", "Cashews+tree-nuts", "Peanuts+peanuts", "Pistachios+tree-nuts", "Hazelnuts+tree-nuts", "Chickpeas"}},
			{"Dried *", []string{"200 g", "150 g"}, "ambient", 300, 319, "", "Dried gently, still soft.", []string{"Apricots+sulphites", "Mango+sulphites", "Figs", "Dates", "Cranberries", "Sultanas"}},
			{"* Chocolate", []string{"100 g"}, "ambient", 365, 229, "soya", "Chocolate conched for two days.", []string{"Milk+milk", "Dark", "White+milk", "Hazelnut+milk,tree-nuts", "Orange", "Sea Salt Caramel+milk", "Mint"}},
			{"* Biscuits", []string{"200 g", "180 g"}, "ambient", 210, 189, "gluten", "Baked until they snap.", []string{"Shortbread+milk", "Digestive", "Ginger", "Oat and Raisin", "Chocolate Chip+milk,soya", "Lemon Cream+milk"}},
			{"* Crackers", []string{"150 g", "180 g"}, "ambient", 240, 179, "gluten", "Thin crackers for cheese.", []string{"Plain", "Black Pepper", "Rosemary", "Cheese+milk", "Multi-Seed+sesame"}},
			{"* Bar", []string{"5 pieces"}, "ambient", 240, 299, "", "A bar for the coat pocket.", []string{"Date and Cocoa", "Peanut Crunch+peanuts", "Oat and Berry+gluten", "Almond Fig+tree-nuts"}},
			{"* Sweets", []string{"160 g"}, "ambient", 365, 169, "", "Sweets coloured with plant juice.", []string{"Fruit Gum", "Liquorice+gluten", "Sour Drop", "Butter Toffee+milk", "Peppermint"}},
		},
	},
	{
		slug:   "drinks",
		brands: []string{"Spring Vale", "Press House", "Larder Basics", "Barrel & Bough", "Leafworks"},
		hints:  []string{"Packed close to home.", "Keep out of the sun.", "No sweeteners.", "Made for thirsty days."},
		kinds: []kind{
			{"* Water", []string{"1 l", "1500 ml"}, "ambient", 540, 89, "", "Water from one deep spring.", []string{"Still", "Sparkling", "Lightly Sparkling"}},
			{"* Juice", []string{"1 l", "750 ml"}, "chilled", 16, 299, "", "Pressed, not made from concentrate.", []string{"Orange", "Cloudy Apple", "Pink Grapefruit", "Carrot and Ginger", "Pineapple", "Tomato"}},
			{"* Smoothie", []string{"250 ml"}, "chilled", 12, 279, "", "Whole fruit, blended cold.", []string{"Strawberry Banana", "Mango Passion", "Green Kale", "Blueberry", "Coconut Pineapple"}},
			{"* Lemonade", []string{"750 ml", "330 ml"}, "ambient", 300, 219, "", "Cloudy and not too sweet.", []string{"Classic", "Rhubarb", "Elderflower", "Ginger", "Raspberry"}},
			{"*", []string{"6 x 330 ml"}, "ambient", 300, 399, "", "Cans for the fridge door.", []string{"Cola", "Orange Soda", "Tonic Water", "Ginger Beer", "Bitter Lemon", "Soda Water"}},
			{"* Iced Tea", []string{"500 ml"}, "ambient", 240, 179, "", "Brewed from leaves, then cooled.", []string{"Peach", "Lemon", "Green Mint", "Hibiscus"}},
			{"* Tea", []string{"20 bags", "25 bags"}, "ambient", 730, 269, "", "Leaves in bags without plastic.", []string{"English Breakfast-Style", "Earl Grey-Style", "Green Sencha", "Camomile", "Peppermint", "Rooibos", "Fennel Anise"}},
			{"* Coffee", []string{"250 g", "500 g"}, "ambient", 365, 649, "", "Roasted in small drums every Tuesday.", []string{"Espresso Beans", "Filter Ground", "Decaf Ground", "Ethiopian-Style Beans", "Dark Roast Beans"}},
			{"* Cordial", []string{"500 ml"}, "ambient", 420, 379, "", "One part to seven parts water.", []string{"Elderflower", "Blackcurrant", "Lime", "Raspberry and Rose"}},
			{"* Kombucha", []string{"330 ml"}, "chilled", 60, 249, "", "Fermented tea with a fine fizz.", []string{"Original", "Ginger Lemon", "Raspberry", "Hops"}},
			{"* Drinking Chocolate", []string{"250 g", "300 g"}, "ambient", 540, 429, "", "Flakes that melt in hot milk.", []string{"Dark", "Milk+milk", "Orange", "Chilli"}},
		},
	},
}
