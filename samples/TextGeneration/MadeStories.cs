namespace TextGeneration;

/// <summary>Short scenes of a market, written by a program: speakers take turns, and what they say about prices adds up.</summary>
static class MadeStories
{
    static readonly string[] s_names = ["Anna", "Bruno", "Clara", "Dario", "Elena", "Felix"];
    static readonly (string One, string Many)[] s_goods =
        [("apple", "apples"), ("pear", "pears"), ("loaf", "loaves"), ("cheese", "cheeses"), ("melon", "melons"), ("candle", "candles")];
    static readonly string[] s_numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

    public static IEnumerable<string> Write(int count, int seed)
    {
        var random = new Random(seed);
        for (var scene = 0; scene < count; scene++)
        {
            var (seller, buyer) = (Pick(s_names), Pick(s_names));
            while (buyer == seller)
                buyer = Pick(s_names);
            var goods = Pick(s_goods);
            int wanted = random.Next(1, 5), price = random.Next(1, 4), paid = wanted * price;
            var greeting = random.Next(2) == 0 ? "Good morning" : "Hello";
            yield return $"""
                {seller}: {greeting}, {buyer}. What would you like?
                {buyer}: {greeting}, {seller}. I would like {Count(wanted, goods)}, please. What do you ask for {(wanted == 1 ? "it" : "them")}?
                {seller}: One {goods.One} is {Count(price, ("coin", "coins"))}, so that makes {Count(paid, ("coin", "coins"))}.
                {buyer}: {(random.Next(3) == 0 ? $"That is too much for {Count(wanted, goods)}. Goodbye" : $"Here you are. Thank you")}, {seller}.
                """.ReplaceLineEndings("\n");
        }

        T Pick<T>(T[] all) => all[random.Next(all.Length)];

        static string Count(int number, (string One, string Many) what) => $"{s_numbers[number]} {(number == 1 ? what.One : what.Many)}";
    }
}
