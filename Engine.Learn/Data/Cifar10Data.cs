namespace Engine.Learn.Data;

/// <summary>"cifar10": 50000 images to learn and 10000 to test, of 10 classes.</summary>
public sealed record Cifar10Data : CifarData
{
    private protected override (string[] Training, string[] Test) Names =>
        (["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"], ["test_batch.bin"]);

    private protected override string ClassFile => "batches.meta.txt";

    private protected override int Classes => 10;

    private protected override (int Bytes, int Label) Prefix => (1, 0);
}
