namespace Engine.Learn.Data;

/// <summary>"cifar100": 50000 images to learn and 10000 to test, of 100 classes or of 20 that are coarser.</summary>
public sealed record Cifar100Data : CifarData
{
    /// <summary>Whether the 20 coarse classes are the targets.</summary>
    public bool Coarse { get; init; }

    private protected override (string[] Training, string[] Test) Names => (["train.bin"], ["test.bin"]);

    private protected override string ClassFile => Coarse ? "coarse_label_names.txt" : "fine_label_names.txt";

    private protected override int Classes => Coarse ? 20 : 100;

    private protected override (int Bytes, int Label) Prefix => (2, Coarse ? 0 : 1);
}
